-- The rows, made on the server. $rows and $tenants are numbers of the command line. Row number n belongs to tenant
-- n % $tenants; of each tenant's rows 4 in 10 are completed, 2 pending, 2 queued and 2 cancelled. One more tenant has $many
-- rows, all completed; each tenant has 20 schedules with 50 runs each.
INSERT INTO scheduler.graph_jobs (tenant_id, id, type, status, payload, correlation_id, created_at, updated_at)
SELECT
  tenant_id,
  md5('job ' || n)::uuid,
  0,
  status,
  jsonb_build_object(
    'schemaVersion', 'scheduler.graph-build-job@1',
    'sbomId', 'sbom-' || n,
    'sbomVersionId', 'sbom-' || n || '-version-1',
    'sbomDigest', 'sha256:' || encode(sha256(n::text::bytea), 'hex'),
    'trigger', 'manual',
    'metadata', jsonb_build_object('project', 'example/project-' || n % 100)),
  'request-' || n,
  timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second',
  timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second'
FROM (
  SELECT
    n,
    'tenant-' || lpad((n % $tenants)::text, 3, '0') AS tenant_id,
    (ARRAY[3, 3, 3, 3, 0, 0, 1, 1, 5, 5])[1 + (n / $tenants) % 10] AS status
  FROM generate_series(0, $rows - 1) AS n
  UNION ALL
  SELECT n, 'tenant-of-many', 3 FROM generate_series($rows, $rows + $many - 1) AS n
) AS jobs;

INSERT INTO scheduler.workers (tenant_id, id, name, kind, build)
SELECT 'tenant-' || lpad(tenant::text, 3, '0'), md5('worker ' || tenant || ' ' || n)::uuid, 'worker-' || n, 'graph', '1.0.0'
FROM generate_series(0, $tenants - 1) AS tenant, generate_series(0, 99) AS n;

INSERT INTO scheduler.schedules (tenant_id, id, name, mode, selection, created_by, updated_by)
SELECT
  'tenant-' || lpad(tenant::text, 3, '0'),
  md5('schedule ' || tenant || ' ' || n)::uuid,
  'schedule-' || n,
  'analysis_only',
  jsonb_build_object(
    'schemaVersion', 'scheduler.image-selector@1',
    'scope', 'by_namespace',
    'namespaces', jsonb_build_array('team-' || n, 'team-' || n || '-tools')),
  'user-1',
  'user-1'
FROM generate_series(0, $tenants - 1) AS tenant, generate_series(0, 19) AS n;

INSERT INTO scheduler.runs (tenant_id, id, schedule_id, reason, reason_detail, images_selected, created_at, updated_at)
SELECT
  schedule.tenant_id,
  md5('run ' || schedule.id || ' ' || n)::uuid,
  schedule.id,
  'manual',
  'run ' || n || ' of ' || schedule.name,
  n,
  timestamptz '2026-01-01 00:00:00Z' + n * interval '1 minute',
  timestamptz '2026-01-01 00:00:00Z' + n * interval '1 minute'
FROM scheduler.schedules AS schedule, generate_series(0, 49) AS n;
