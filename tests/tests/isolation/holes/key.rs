//! Keys, rows, indexes and shapes.

use stellaops_db::verify::matrix::Verb;
use stellaops_db_spec::rule;

use super::{Hole, JOBS};

const EVENTS: &str = "scheduler.graph_job_events";
const SCHEDULES: &str = "scheduler.schedules";

pub(super) const HOLES: &[Hole] = &[
    Hole::new("a unique key without the tenant", "scheduler", &["CREATE UNIQUE INDEX taken ON scheduler.schedules (name)"])
        .told(&[(rule::KEYS_HOLD_TENANT, SCHEDULES), (rule::INDEXES_USED, SCHEDULES)])
        .red(&[(SCHEDULES, Verb::InsertTakenKey)])
        .everywhere(),
    Hole::new("a foreign key without the tenant", "scheduler", &[
        "CREATE UNIQUE INDEX jobs ON scheduler.graph_jobs (id)",
        "ALTER TABLE scheduler.graph_job_events DROP CONSTRAINT fk_graph_job_events_job_id, \
            ADD CONSTRAINT fk_graph_job_events_job_id FOREIGN KEY (job_id) REFERENCES scheduler.graph_jobs (id)",
    ])
        .told(&[(rule::KEYS_HOLD_TENANT, EVENTS), (rule::KEYS_HOLD_TENANT, JOBS), (rule::TABLES_THERE, EVENTS), (rule::INDEXES_USED, JOBS)])
        .red(&[(EVENTS, Verb::InsertUnderForeignParent), (EVENTS, Verb::Follow), (JOBS, Verb::InsertTakenKey)]),
    Hole::new("a foreign key that carries changes of a table without tenants", "scheduler", &[
        "CREATE TABLE public.batches (id text PRIMARY KEY)",
        "ALTER TABLE scheduler.graph_jobs ADD CONSTRAINT batch FOREIGN KEY (correlation_id) REFERENCES public.batches \
            ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        "GRANT SELECT, DELETE ON public.batches TO scheduler_app",
    ])
        .told(&[(rule::ROWS_COPIED_NOWHERE, JOBS)]),
    Hole::new("a foreign key that changes keys", "scheduler", &[
        "ALTER TABLE scheduler.graph_job_events DROP CONSTRAINT fk_graph_job_events_job_id, \
            ADD CONSTRAINT fk_graph_job_events_job_id FOREIGN KEY (tenant_id, job_id) \
            REFERENCES scheduler.graph_jobs (tenant_id, id) ON DELETE CASCADE ON UPDATE CASCADE",
    ])
        .told(&[(rule::TABLES_THERE, EVENTS)]),
    Hole::new("a foreign key whose triggers are off", "scheduler", &[
        "DO $$ DECLARE watch name; BEGIN FOR watch IN SELECT tgname FROM pg_trigger \
            WHERE tgrelid = 'scheduler.graph_job_events'::regclass AND tgisinternal LOOP \
            EXECUTE format('ALTER TABLE scheduler.graph_job_events DISABLE TRIGGER %I', watch); END LOOP; END $$",
    ])
        .told(&[(rule::REFERENCES_TRUE, EVENTS)])
        .red(&[(EVENTS, Verb::InsertUnderForeignParent)]),
    Hole::new("a unique key of a partition without the tenant", "audit", &[
        "DO $$ BEGIN EXECUTE (SELECT format('CREATE UNIQUE INDEX told ON %s (id)', min(inhrelid::regclass::text)) \
            FROM pg_inherits WHERE inhparent = 'audit.events'::regclass); END $$",
    ])
        .told(&[(rule::KEYS_HOLD_TENANT, "audit.events")]),
    Hole::new("a check that the specs do not have", "scheduler", &["ALTER TABLE scheduler.graph_jobs ADD CONSTRAINT more CHECK (attempts < 1000000)"])
        .told(&[(rule::TABLES_THERE, JOBS)]),
    Hole::new("a check of a partition that calls somebody's function", "audit", &[
        "CREATE FUNCTION public.seen(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE %s ADD CONSTRAINT more CHECK (public.seen(tenant_id))', min(inhrelid::regclass::text)) \
            FROM pg_inherits WHERE inhparent = 'audit.events'::regclass); END $$",
    ])
        .told(&[(rule::TABLES_THERE, "audit.events")]),
    Hole::new("an index that calls somebody's function", "scheduler", &[
        "CREATE FUNCTION public.seen(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'",
        "CREATE INDEX seen ON scheduler.graph_jobs (tenant_id, id) WHERE public.seen(tenant_id)",
    ])
        .told(&[(rule::TABLES_THERE, JOBS)]),
    Hole::new("a foreign key over a row that violates it", "scheduler", &[
        "SET session_replication_role = replica; \
         INSERT INTO scheduler.graph_job_events (tenant_id, job_id, status, payload) \
            VALUES ('acme', gen_random_uuid(), 0, '{\"schemaVersion\": \"scheduler.graph-job-event@1\"}'); \
         RESET session_replication_role",
    ])
        .told(&[(rule::REFERENCES_TRUE, EVENTS)])
        .red(&[(EVENTS, Verb::Follow)]),
    Hole::new("a foreign key that was validated by an owner who sees no rows", "scheduler", &[
        "ALTER TABLE scheduler.graph_job_events DROP CONSTRAINT fk_graph_job_events_job_id",
        "INSERT INTO scheduler.graph_job_events (tenant_id, job_id, status, payload) \
            VALUES ('acme', gen_random_uuid(), 0, '{\"schemaVersion\": \"scheduler.graph-job-event@1\"}')",
        "BEGIN; SET LOCAL ROLE scheduler_owner; SET LOCAL app.tenant_id = 'globex'; \
         ALTER TABLE scheduler.graph_job_events ADD CONSTRAINT fk_graph_job_events_job_id FOREIGN KEY (tenant_id, job_id) \
            REFERENCES scheduler.graph_jobs (tenant_id, id) ON DELETE CASCADE; COMMIT",
    ])
        .told(&[(rule::REFERENCES_TRUE, EVENTS)])
        .red(&[(EVENTS, Verb::Follow)]),
    Hole::new("a foreign key that is not validated", "scheduler", &[
        "ALTER TABLE scheduler.graph_job_events DROP CONSTRAINT fk_graph_job_events_job_id, \
            ADD CONSTRAINT fk_graph_job_events_job_id FOREIGN KEY (tenant_id, job_id) \
            REFERENCES scheduler.graph_jobs (tenant_id, id) ON DELETE CASCADE NOT VALID",
    ])
        .told(&[(rule::REFERENCES_TRUE, EVENTS)])
        .red(&[(EVENTS, Verb::Follow)]),
    Hole::new("evidence that was changed", "audit", &[
        "INSERT INTO audit.events (tenant_id, id, service, action, actor_type, actor, entity_type, entity_id) \
            SELECT 'acme', gen_random_uuid(), 'scheduler', 'schedule.deleted', 'user', 'ada', 'scheduler.schedules', n::text FROM generate_series(1, 5) AS n",
        "SET session_replication_role = replica; UPDATE audit.events SET actor = 'eve' WHERE tenant_id = 'acme' AND position = 3; RESET session_replication_role",
    ])
        .told(&[(rule::CHAINS_WHOLE, "audit.events")]),
    Hole::new("an index that nobody uses", "scheduler", &["CREATE INDEX documents ON scheduler.graph_jobs USING gin (payload)"])
        .told(&[(rule::INDEXES_USED, JOBS)]),
    Hole::new("an index of the specs that is invalid", "scheduler", &[
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'scheduler.idx_graph_jobs_created_at'::regclass",
    ])
        .told(&[(rule::INDEXES_USED, JOBS), (rule::TABLES_THERE, JOBS)]),
    Hole::new("a check that is gone, a column that may be NULL, and one too many", "scheduler", &[
        "ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT ck_graph_jobs_status, ALTER COLUMN payload DROP NOT NULL, ADD COLUMN note text",
    ])
        .told(&[(rule::TABLES_THERE, JOBS)]),
    Hole::new("a check that asks nothing any more", "scheduler", &[
        "ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT ck_graph_jobs_status, ADD CONSTRAINT ck_graph_jobs_status CHECK (true)",
    ])
        .told(&[(rule::TABLES_THERE, JOBS)]),
    Hole::new("a check of the same words in other parentheses", "authority", &[
        "ALTER TABLE authority.clients DROP CONSTRAINT ck_clients_previous_secret_is_whole, ADD CONSTRAINT ck_clients_previous_secret_is_whole \
            CHECK (((previous_secret_hash IS NULL) = (previous_secret_expires_at IS NULL) AND previous_secret_hash IS NULL OR secret_hash IS NOT NULL) IS TRUE)",
    ])
        .told(&[(rule::TABLES_THERE, "authority.clients")]),
    Hole::new("a check that calls somebody's function", "scheduler", &[
        "CREATE FUNCTION public.is_fine(value smallint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$",
        "ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT ck_graph_jobs_status, ADD CONSTRAINT ck_graph_jobs_status CHECK (status >= 0 OR public.is_fine(1::smallint))",
    ])
        .told(&[(rule::TABLES_THERE, JOBS)]),
    Hole::new("a check that cannot be compared", "scheduler", &[
        "ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT ck_graph_jobs_status, ADD CONSTRAINT ck_graph_jobs_status CHECK (status < 9 OR tableoid = 0)",
    ])
        .told(&[(rule::TABLES_THERE, JOBS)]),
    Hole::new("a check that is not validated", "scheduler", &[
        "ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT ck_graph_jobs_status, \
            ADD CONSTRAINT ck_graph_jobs_status CHECK (status IN (0, 1, 2, 3, 4, 5)) NOT VALID",
    ])
        .told(&[(rule::TABLES_THERE, JOBS)]),
    Hole::new("a tenant by default", "scheduler", &["ALTER TABLE scheduler.graph_jobs ALTER COLUMN tenant_id SET DEFAULT 'acme'"])
        .told(&[(rule::TABLES_THERE, JOBS)]),
    Hole::new("another default", "scheduler", &["ALTER TABLE scheduler.graph_jobs ALTER COLUMN attempts SET DEFAULT 3"])
        .told(&[(rule::TABLES_THERE, JOBS)]),
    Hole::new("a unique key of no row", "scheduler", &[
        "DROP INDEX scheduler.uq_schedules_name",
        "CREATE UNIQUE INDEX uq_schedules_name ON scheduler.schedules (tenant_id, name) WHERE deleted_at IS NULL AND deleted_at IS NOT NULL",
    ])
        .told(&[(rule::TABLES_THERE, SCHEDULES)]),
    Hole::new("evidence of system scopes without a reason", "scheduler", &[
        "ALTER TABLE stellaops.system_access DROP CONSTRAINT ck_system_access_reason, ADD CONSTRAINT ck_system_access_reason CHECK (true)",
    ])
        .told(&[(rule::TABLES_THERE, "stellaops.system_access")]),
    Hole::new("evidence of somebody else", "scheduler", &["ALTER TABLE stellaops.system_access ALTER COLUMN who SET DEFAULT 'nobody'"])
        .told(&[(rule::TABLES_THERE, "stellaops.system_access")]),
    Hole::new("shared tables of another shape", "scheduler", &[
        "ALTER TABLE stellaops.outbox_held_tenants DROP COLUMN try_again_at, DROP CONSTRAINT fk_outbox_held_tenants_consumer",
        "ALTER TABLE stellaops.outbox_consumers ALTER COLUMN epoch TYPE integer",
    ])
        .told(&[(rule::TABLES_THERE, "stellaops.outbox_held_tenants"), (rule::TABLES_THERE, "stellaops.outbox_consumers")]),
    Hole::new("a table that belongs to somebody else", "scheduler", &["CREATE ROLE somebody NOLOGIN", "ALTER TABLE scheduler.workers OWNER TO somebody"])
        .told(&[(rule::OWNERS_RIGHT, "scheduler.workers"), ])
        .red(&[("scheduler.workers", Verb::Read)])
        .mended_by(&["ALTER TABLE scheduler.workers OWNER TO scheduler_owner", "DROP OWNED BY somebody", "DROP ROLE somebody"]),
    Hole::new("a check that compares by another collation", "scheduler", &[
        "DO $$ DECLARE made text := pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_graph_jobs_payload'; BEGIN \
            ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT ck_graph_jobs_payload; \
            EXECUTE 'ALTER TABLE scheduler.graph_jobs ADD CONSTRAINT ck_graph_jobs_payload ' || replace(made, 'COLLATE \"C\"', 'COLLATE \"POSIX\"'); END $$",
    ])
        .told(&[(rule::TABLES_THERE, JOBS)]),
];
