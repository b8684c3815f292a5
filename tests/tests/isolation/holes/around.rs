//! Longer ways around: by other schemas, other tables and other names.

use stellaops_db::verify::matrix::Verb;
use stellaops_db_spec::rule;

use super::{Hole, JOBS};

const EVENTS: &str = "audit.events";
const RUNS: &str = "scheduler.runs";

pub(super) const HOLES: &[Hole] = &[
    Hole::new("a parent by inheritance", "scheduler", &[
        "CREATE TABLE public.everything (tenant_id text COLLATE \"C\" NOT NULL, id uuid NOT NULL)",
        "ALTER TABLE scheduler.runs INHERIT public.everything",
        "GRANT SELECT ON public.everything TO scheduler_app",
    ])
        .told(&[(rule::ROWS_COPIED_NOWHERE, RUNS)])
        .red(&[(RUNS, Verb::ReadAround)]),
    Hole::new("a partition in another schema", "audit", &[
        "CREATE TABLE public.open_part (LIKE audit.events INCLUDING ALL EXCLUDING IDENTITY)",
        "ALTER TABLE audit.events ATTACH PARTITION public.open_part FOR VALUES FROM ('2001-01-01') TO ('2001-02-01')",
        "GRANT SELECT ON public.open_part TO audit_app; GRANT USAGE ON SCHEMA public TO audit_app",
    ])
        .told(&[
            (rule::PARTITIONS_CLOSED, "public.open_part"),
            (rule::TRIGGERS_ON, "public.open_part"),
            (rule::OWNERS_RIGHT, "public.open_part"),
        ])
        .red(&[(EVENTS, Verb::ReadPartition)]),
    Hole::new("a copy in the schema of the table", "scheduler", &[
        "CREATE TABLE scheduler.copied AS SELECT * FROM scheduler.runs",
        "ALTER TABLE scheduler.copied OWNER TO scheduler_owner",
        "GRANT SELECT ON scheduler.copied TO scheduler_app",
    ])
        .told(&[(rule::PRIVILEGES_EXACT, "scheduler.copied"), (rule::SECURITY_FORCED, "scheduler.copied")]),
    Hole::new("a copy in the shared schema", "scheduler", &[
        "CREATE TABLE stellaops.jobs AS TABLE scheduler.graph_jobs",
        "ALTER TABLE stellaops.jobs OWNER TO stellaops_migrator",
        "GRANT SELECT ON stellaops.jobs TO scheduler_app",
    ])
        .told(&[(rule::PRIVILEGES_EXACT, "stellaops.jobs"), (rule::SECURITY_FORCED, "stellaops.jobs")]),
    Hole::new("a function of the owner's that does what it is told", "scheduler", &[
        "CREATE FUNCTION public.run(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
            AS $$ BEGIN EXECUTE what; END $$; ALTER FUNCTION public.run(text) OWNER TO scheduler_owner",
    ])
        .told(&[(rule::DEFINERS_KNOWN, "public.run(text)")]),
    Hole::new("a function that reads by another name", "scheduler", &[
        "CREATE FUNCTION public.inside() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM SCHEDULER.GRAPH_JOBS $$",
        "CREATE FUNCTION public.outside() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
            AS $$ SELECT public.inside() $$",
    ])
        .told(&[(rule::DEFINERS_KNOWN, "public.outside()")]),
    Hole::new("another function of a generated one's name", "scheduler", &[
        "CREATE FUNCTION stellaops.texts_fit(bigint) RETURNS bigint LANGUAGE sql SECURITY DEFINER \
            AS $$ SELECT count(*) FROM scheduler.graph_jobs $$",
        "ALTER FUNCTION stellaops.texts_fit(bigint) OWNER TO stellaops_migrator",
    ])
        .told(&[(rule::ROUTINES_EXACT, "stellaops.texts_fit")]),
    Hole::new("a rule on another table", "scheduler", &[
        "CREATE TABLE public.trap (n int); CREATE TABLE public.caught (LIKE scheduler.graph_jobs)",
        "CREATE RULE trap AS ON INSERT TO public.trap DO ALSO INSERT INTO public.caught SELECT * FROM scheduler.graph_jobs",
        "GRANT INSERT ON public.trap TO scheduler_app",
    ])
        .told(&[(rule::ROWS_COPIED_NOWHERE, JOBS)])
        .red(&[(JOBS, Verb::ReadAround)]),
    Hole::new("a rule on a view with its reader's rights", "scheduler", &[
        "CREATE VIEW public.jobs WITH (security_invoker = ON) AS SELECT tenant_id FROM scheduler.graph_jobs",
        "CREATE RULE wipe AS ON INSERT TO public.jobs DO INSTEAD DELETE FROM scheduler.graph_jobs",
    ])
        .told(&[(rule::ROWS_COPIED_NOWHERE, JOBS)])
        .red(&[(JOBS, Verb::ReadAround)]),
    Hole::new("a publication of a partitioned table", "audit", &["SET client_min_messages = error; CREATE PUBLICATION events FOR TABLE audit.events"])
        .told(&[(rule::ROWS_COPIED_NOWHERE, EVENTS)])
        .red(&[(EVENTS, Verb::ReadAround)]),
    Hole::new("a view of a partition", "audit", &[
        "DO $$ BEGIN EXECUTE (SELECT 'CREATE VIEW public.month AS SELECT * FROM ' || min(inhrelid::regclass::text) \
            FROM pg_inherits WHERE inhparent = 'audit.events'::regclass); END $$",
        "GRANT SELECT ON public.month TO audit_app",
    ])
        .told(&[(rule::VIEWS_INVOKED, "public.month")])
        .red(&[(EVENTS, Verb::ReadAround), (EVENTS, Verb::ReadView)]),
    Hole::new("evidence of system scopes that is swallowed", "audit", &["CREATE RULE hush AS ON INSERT TO stellaops.system_access DO INSTEAD NOTHING"])
        .told(&[(rule::ROWS_COPIED_NOWHERE, "stellaops.system_access")]),
    Hole::new("evidence of system scopes that may be erased", "audit", &["GRANT UPDATE, DELETE ON stellaops.system_access TO stellaops_system"])
        .told(&[(rule::PRIVILEGES_EXACT, "stellaops.system_access")]),
    Hole::new("a trigger on the evidence of system scopes", "audit", &[
        "CREATE FUNCTION public.nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE TRIGGER hush BEFORE INSERT ON stellaops.system_access FOR EACH ROW EXECUTE FUNCTION public.nothing()",
    ])
        .told(&[(rule::TRIGGERS_ON, "stellaops.system_access")]),
    Hole::new("the chain's function for everybody", "audit", &["GRANT EXECUTE ON FUNCTION audit.chain_events() TO PUBLIC"])
        .told(&[(rule::ROUTINES_EXACT, "audit.chain_events")]),
    Hole::new("a trigger with its owner's rights", "scheduler", &[
        "CREATE TABLE public.caught (LIKE scheduler.graph_jobs)",
        "CREATE FUNCTION public.copy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
            AS $$ BEGIN INSERT INTO public.caught SELECT * FROM scheduler.graph_jobs; RETURN NEW; END $$",
        "CREATE TRIGGER copy AFTER INSERT ON scheduler.graph_jobs FOR EACH ROW EXECUTE FUNCTION public.copy()",
    ])
        .told(&[(rule::TRIGGERS_ON, JOBS), (rule::DEFINERS_KNOWN, "public.copy()")])
        .red(&[(JOBS, Verb::ReadAround)]),
    Hole::new("a tenant in the database's settings, by another spelling", "scheduler", &[
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET \"App.Tenant_Id\" = acme', current_database()); END $$",
    ])
        .told(&[(rule::SETTINGS_CLEAN, "database ")]),
    Hole::new("another collation of the same name", "scheduler", &[
        "CREATE COLLATION public.\"C\" (provider = libc, locale = 'POSIX')",
        "ALTER TABLE scheduler.graph_jobs ALTER COLUMN correlation_id TYPE text COLLATE public.\"C\"",
    ])
        .told(&[(rule::TABLES_THERE, JOBS)]),
    Hole::new("a foreign key of another schema", "scheduler", &[
        "CREATE TABLE public.asks (t text, id uuid, FOREIGN KEY (t, id) REFERENCES scheduler.graph_jobs (tenant_id, id))",
        "GRANT ALL ON public.asks TO PUBLIC",
    ])
        .told(&[(rule::ROWS_COPIED_NOWHERE, JOBS)])
        .red(&[(JOBS, Verb::ReadAround)]),
    Hole::new("a foreign key by another column than the tenant", "scheduler", &[
        "ALTER TABLE scheduler.graph_jobs ADD FOREIGN KEY (correlation_id, id) REFERENCES scheduler.graph_jobs (tenant_id, id)",
    ])
        .told(&[(rule::KEYS_HOLD_TENANT, JOBS)])
        .red(&[(JOBS, Verb::Follow)]),
    Hole::new("a function that is called on hidden rows", "scheduler", &[
        "CREATE FUNCTION public.shows(text) RETURNS boolean LANGUAGE plpgsql LEAKPROOF AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$",
    ])
        .told(&[(rule::DEFINERS_KNOWN, "public.shows(text)")]),
    Hole::new("a search path that hides what the audit asks", "scheduler", &[
        "CREATE SCHEMA shadow",
        "CREATE FUNCTION shadow.has_table_privilege(text, text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT false $$",
        "GRANT TRUNCATE ON scheduler.graph_jobs TO scheduler_app",
        "SET search_path = shadow, pg_catalog",
    ])
        .told(&[(rule::PRIVILEGES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::PassBy)]),
];
