//! Row-level security itself, and what it calls.

use stellaops_db::verify::matrix::Verb;
use stellaops_db_spec::rule;

use super::{Hole, JOBS};

const TENANT: &str = "CREATE FUNCTION scheduler.tenant() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE \
    AS $$ SELECT current_setting('app.tenant_id', true) $$; \
    ALTER FUNCTION scheduler.tenant() OWNER TO scheduler_owner";

pub(super) const HOLES: &[Hole] = &[
    Hole::new("row-level security is off", "scheduler", &["ALTER TABLE scheduler.graph_jobs DISABLE ROW LEVEL SECURITY"])
        .told(&[(rule::SECURITY_FORCED, JOBS)])
        .red(&[(JOBS, Verb::Read), (JOBS, Verb::List), (JOBS, Verb::Count), (JOBS, Verb::Claim), (JOBS, Verb::Insert), (JOBS, Verb::Upsert), (JOBS, Verb::InsertMany), (JOBS, Verb::Update), (JOBS, Verb::UpdateReturning), (JOBS, Verb::Move), (JOBS, Verb::Delete), (JOBS, Verb::DeleteReturning)]),
    Hole::new("FORCE is off", "scheduler", &["ALTER TABLE scheduler.graph_jobs NO FORCE ROW LEVEL SECURITY"])
        .told(&[(rule::SECURITY_FORCED, JOBS)])
        .red(&[(JOBS, Verb::Read), (JOBS, Verb::Move)]),
    Hole::new("the restrictive policy is dropped, and a permissive one shows everything", "scheduler", &[
        "DROP POLICY graph_jobs_tenant_isolation ON scheduler.graph_jobs",
        "CREATE POLICY report ON scheduler.graph_jobs FOR SELECT TO scheduler_reader USING (true)",
    ])
        .told(&[(rule::POLICIES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::Read), (JOBS, Verb::List), (JOBS, Verb::Count)]),
    Hole::new("every policy is dropped, and every table looks empty", "scheduler", &[
        "DO $$ DECLARE policy name; BEGIN FOR policy IN SELECT polname FROM pg_policy WHERE polrelid = 'scheduler.graph_jobs'::regclass \
            LOOP EXECUTE format('DROP POLICY %I ON scheduler.graph_jobs', policy); END LOOP; END $$",
    ])
        .told(&[(rule::POLICIES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::Read)])
    .everywhere(),
    Hole::new("conditions with OR true", "scheduler", &[
        "ALTER POLICY graph_jobs_tenant_isolation ON scheduler.graph_jobs USING (tenant_id = current_setting('app.tenant_id', true) OR true)",
        "ALTER POLICY graph_jobs_app ON scheduler.graph_jobs USING (tenant_id = current_setting('app.tenant_id', true) OR true)",
    ])
        .told(&[(rule::POLICIES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::Read), (JOBS, Verb::DeleteReturning)]),
    Hole::new("no condition for what is written", "scheduler", &[
        "ALTER POLICY graph_jobs_tenant_isolation ON scheduler.graph_jobs WITH CHECK (true)",
        "ALTER POLICY graph_jobs_app ON scheduler.graph_jobs WITH CHECK (true)",
    ])
        .told(&[(rule::POLICIES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::Insert), (JOBS, Verb::InsertMany), (JOBS, Verb::UpdateBlind)]),
    Hole::new("a policy for everything is one for reading only", "scheduler", &[
        "DROP POLICY graph_jobs_tenant_isolation ON scheduler.graph_jobs",
        "CREATE POLICY graph_jobs_tenant_isolation ON scheduler.graph_jobs AS RESTRICTIVE FOR SELECT TO PUBLIC \
            USING (tenant_id = (SELECT coalesce(nullif(current_setting('app.tenant_id', true), ''), stellaops.no_tenant_bound())))",
        "ALTER POLICY graph_jobs_app ON scheduler.graph_jobs USING (true) WITH CHECK (true)",
    ])
        .told(&[(rule::POLICIES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::Insert), (JOBS, Verb::DeleteBlind)]),
    Hole::new("a policy that takes no tenant for any", "scheduler", &[
        "ALTER POLICY graph_jobs_tenant_isolation ON scheduler.graph_jobs USING (coalesce(current_setting('app.tenant_id', true), '') IN ('', tenant_id))",
        "ALTER POLICY graph_jobs_reader ON scheduler.graph_jobs USING (coalesce(current_setting('app.tenant_id', true), '') IN ('', tenant_id))",
    ])
        .told(&[(rule::POLICIES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::Read)]),
    Hole::new("an IMMUTABLE function in a policy", "scheduler", &[
        TENANT,
        "ALTER POLICY graph_jobs_tenant_isolation ON scheduler.graph_jobs USING (tenant_id = scheduler.tenant())",
        "ALTER POLICY graph_jobs_app ON scheduler.graph_jobs USING (tenant_id = scheduler.tenant())",
    ])
        .told(&[(rule::POLICIES_EXACT, JOBS), (rule::ROUTINES_EXACT, "scheduler.tenant()")])
        .red(&[(JOBS, Verb::Read), (JOBS, Verb::Count)])
    .everywhere(),
    Hole::new("the function that raises is IMMUTABLE", "scheduler", &["ALTER FUNCTION stellaops.no_tenant_bound() IMMUTABLE"])
        .told(&[(rule::ROUTINES_EXACT, "stellaops.no_tenant_bound")])
        .red(&[(JOBS, Verb::Read)])
        .everywhere(),
    Hole::new("the function that raises answers a tenant", "scheduler", &[
        "CREATE OR REPLACE FUNCTION stellaops.no_tenant_bound() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT 'acme' $$",
    ])
        .told(&[(rule::ROUTINES_EXACT, "stellaops.no_tenant_bound")])
        .red(&[(JOBS, Verb::Read), (JOBS, Verb::Insert)])
        .everywhere(),
    Hole::new("the function that raises makes every query serial", "scheduler", &["ALTER FUNCTION stellaops.no_tenant_bound() PARALLEL UNSAFE"])
        .told(&[(rule::ROUTINES_EXACT, "stellaops.no_tenant_bound")]),
    Hole::new("a transaction may be bound again", "scheduler", &["ALTER DOMAIN stellaops.tenant DROP CONSTRAINT one_tenant_per_transaction"])
        .told(&[(rule::DOMAIN_BINDS_ONCE, "stellaops.tenant")])
        .red(&[(JOBS, Verb::MoveBindingAgain)])
        .everywhere(),
    Hole::new("the last tenant that is bound wins", "scheduler", &[
        "ALTER DOMAIN stellaops.tenant DROP CONSTRAINT one_tenant_per_transaction",
        "ALTER DOMAIN stellaops.tenant ADD CONSTRAINT one_tenant_per_transaction CHECK (set_config('app.tenant_id', VALUE, true) = VALUE)",
    ])
        .told(&[(rule::DOMAIN_BINDS_ONCE, "stellaops.tenant")])
        .red(&[(JOBS, Verb::MoveBindingAgain)])
        .everywhere(),
    Hole::new("the domain is a column's type", "scheduler", &[
        "GRANT USAGE ON TYPE stellaops.tenant TO PUBLIC",
        "CREATE TABLE public.notes (tenant stellaops.tenant)",
    ])
        .told(&[(rule::DOMAIN_BINDS_ONCE, "stellaops.tenant")]),
    Hole::new("a partition without FORCE", "audit", &[
        "DO $$ BEGIN EXECUTE (SELECT 'ALTER TABLE ' || min(inhrelid::regclass::text) || ' NO FORCE ROW LEVEL SECURITY' \
            FROM pg_inherits WHERE inhparent = 'audit.events'::regclass); END $$",
    ])
        .told(&[(rule::PARTITIONS_CLOSED, "audit.events_y")])
        .red(&[("audit.events", Verb::ReadPartition)]),
    Hole::new("a partition that may be read", "audit", &[
        "DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE %1$s DISABLE ROW LEVEL SECURITY; GRANT SELECT ON %1$s TO audit_app', min(inhrelid::regclass::text)) \
            FROM pg_inherits WHERE inhparent = 'audit.events'::regclass); END $$",
    ])
        .told(&[(rule::PARTITIONS_CLOSED, "audit.events_y")])
        .red(&[("audit.events", Verb::ReadPartition)]),
];
