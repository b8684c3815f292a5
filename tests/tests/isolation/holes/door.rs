//! Ways around the policies: views, functions, copies, grants and triggers.

use stellaops_db::verify::matrix::Verb;
use stellaops_db_spec::rule;

use super::{Hole, JOBS};

pub(super) const HOLES: &[Hole] = &[
    Hole::new("a view with its owner's rights", "scheduler", &[
        "CREATE VIEW public.all_jobs AS SELECT * FROM scheduler.graph_jobs",
        "GRANT SELECT ON public.all_jobs TO scheduler_reader",
    ])
        .told(&[(rule::VIEWS_INVOKED, "public.all_jobs")])
        .red(&[(JOBS, Verb::ReadView), (JOBS, Verb::ReadAround)]),
    Hole::new("a view with its reader's rights over one with its owner's", "scheduler", &[
        "CREATE VIEW public.all_jobs AS SELECT * FROM scheduler.graph_jobs",
        "CREATE VIEW public.jobs WITH (security_invoker = true) AS SELECT * FROM public.all_jobs",
        "GRANT SELECT ON public.all_jobs, public.jobs TO PUBLIC",
    ])
        .told(&[(rule::VIEWS_INVOKED, "public.all_jobs")])
        .red(&[(JOBS, Verb::ReadView), (JOBS, Verb::ReadAround)]),
    Hole::new("a materialized view", "scheduler", &[
        "CREATE MATERIALIZED VIEW public.copied_jobs AS SELECT * FROM scheduler.graph_jobs",
        "GRANT SELECT ON public.copied_jobs TO scheduler_app",
    ])
        .told(&[(rule::VIEWS_INVOKED, "public.copied_jobs")])
        .red(&[(JOBS, Verb::ReadAround)]),
    Hole::new("a function with its owner's rights", "scheduler", &[
        "CREATE FUNCTION public.count_jobs() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
            AS $$ SELECT count(*) FROM scheduler.graph_jobs $$",
    ])
        .told(&[(rule::DEFINERS_KNOWN, "public.count_jobs()")])
        .red(&[(JOBS, Verb::ReadAround)]),
    Hole::new("a function that hides what it reads, and searches its caller's schemas", "scheduler", &[
        "CREATE FUNCTION public.run(what text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER \
            AS $$ DECLARE n bigint; BEGIN EXECUTE what INTO n; RETURN n; END $$",
    ])
        .told(&[(rule::DEFINERS_KNOWN, "public.run(text)")]),
    Hole::new("a rewrite rule", "scheduler", &[
        "CREATE TABLE public.shadow (LIKE scheduler.graph_jobs)",
        "CREATE RULE shadow AS ON DELETE TO scheduler.graph_jobs DO ALSO INSERT INTO public.shadow SELECT OLD.*",
    ])
        .told(&[(rule::ROWS_COPIED_NOWHERE, JOBS)])
        .red(&[(JOBS, Verb::ReadAround)]),
    Hole::new("a child by inheritance", "scheduler", &["CREATE TABLE public.more_jobs () INHERITS (scheduler.graph_jobs)"])
        .told(&[(rule::ROWS_COPIED_NOWHERE, JOBS)])
        .red(&[(JOBS, Verb::ReadAround)]),
    Hole::new("a publication", "scheduler", &["SET client_min_messages = error; CREATE PUBLICATION jobs FOR TABLE scheduler.graph_jobs"])
        .told(&[(rule::ROWS_COPIED_NOWHERE, JOBS)])
        .red(&[(JOBS, Verb::ReadAround)]),
    Hole::new("a grant to PUBLIC", "scheduler", &["GRANT ALL ON scheduler.graph_jobs TO PUBLIC"])
        .told(&[(rule::PRIVILEGES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::PassBy), (JOBS, Verb::Update)]),
    Hole::new("TRUNCATE for the application", "scheduler", &["GRANT TRUNCATE ON scheduler.graph_jobs TO scheduler_app"])
        .told(&[(rule::PRIVILEGES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::PassBy)]),
    Hole::new("a grant on one column", "scheduler", &["GRANT UPDATE (tenant_id) ON scheduler.graph_jobs TO scheduler_reader"])
        .told(&[(rule::PRIVILEGES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::Update)]),
    Hole::new("a privilege that is missing", "scheduler", &["REVOKE SELECT ON scheduler.graph_jobs FROM scheduler_reader"])
        .told(&[(rule::PRIVILEGES_EXACT, JOBS)])
        .red(&[(JOBS, Verb::Read)])
    .everywhere(),
    Hole::new("values of all tenants in the server's statistics", "scheduler", &["GRANT SELECT ON pg_catalog.pg_statistic TO scheduler_app"])
        .told(&[(rule::PRIVILEGES_EXACT, "pg_catalog.pg_statistic")]),
    Hole::new("files of the server", "scheduler", &["GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text) TO scheduler_app"])
        .told(&[(rule::PRIVILEGES_EXACT, "pg_read_binary_file")]),
    Hole::new("a function of PostgreSQL's with its owner's rights", "scheduler", &[
        "ALTER FUNCTION pg_catalog.query_to_xml(text, boolean, boolean, text) SECURITY DEFINER",
    ])
        .told(&[(rule::DEFINERS_KNOWN, "query_to_xml")]),
    Hole::new("a function in a language that no privilege holds", "scheduler", &[
        "CREATE FUNCTION public.slurp(text) RETURNS bytea LANGUAGE internal STRICT AS 'pg_read_binary_file_all'",
    ])
        .told(&[(rule::DEFINERS_KNOWN, "public.slurp")]),
    Hole::new("a sequence that tells how much others write", "scheduler", &["GRANT SELECT ON SEQUENCE scheduler.graph_job_events_id_seq TO scheduler_app"])
        .told(&[(rule::PRIVILEGES_EXACT, "scheduler.graph_job_events_id_seq")]),
    Hole::new("tables in the schema for the application", "scheduler", &["GRANT CREATE ON SCHEMA scheduler TO scheduler_app"])
        .told(&[(rule::PRIVILEGES_EXACT, "schema scheduler")]),
    Hole::new("default privileges", "scheduler", &["ALTER DEFAULT PRIVILEGES FOR ROLE scheduler_owner IN SCHEMA scheduler GRANT SELECT ON TABLES TO PUBLIC"])
        .told(&[(rule::PRIVILEGES_EXACT, "default privileges")]),
    Hole::new("a trigger is off", "scheduler", &["ALTER TABLE scheduler.impact_snapshots DISABLE TRIGGER ALL"])
        .told(&[(rule::TRIGGERS_ON, "scheduler.impact_snapshots"), (rule::REFERENCES_TRUE, "scheduler.runs")])
        .red(&[("scheduler.impact_snapshots", Verb::Update), ("scheduler.impact_snapshots", Verb::DeleteReturning), ("scheduler.runs", Verb::Follow)]),
    Hole::new("a trigger watches less", "scheduler", &[
        "DROP TRIGGER trg_graph_jobs_status ON scheduler.graph_jobs",
        "CREATE TRIGGER trg_graph_jobs_status BEFORE UPDATE ON scheduler.graph_jobs FOR EACH ROW WHEN (false) EXECUTE FUNCTION stellaops.refuse_transition('status')",
    ])
        .told(&[(rule::TRIGGERS_ON, JOBS)])
        .red(&[(JOBS, Verb::StepIllegally)])
        .exactly(),
    Hole::new("a trigger with another condition on the same columns", "scheduler", &[
        "DROP TRIGGER trg_graph_jobs_status ON scheduler.graph_jobs",
        "CREATE TRIGGER trg_graph_jobs_status BEFORE UPDATE ON scheduler.graph_jobs FOR EACH ROW \
            WHEN (OLD.status IS DISTINCT FROM NEW.status AND OLD.status > NEW.status) \
            EXECUTE FUNCTION stellaops.refuse_transition('status', \
                '{\"0\": \"pending\", \"1\": \"queued\", \"2\": \"running\", \"3\": \"completed\", \"4\": \"failed\", \"5\": \"cancelled\"}')",
    ])
        .told(&[(rule::TRIGGERS_ON, JOBS)])
        .red(&[(JOBS, Verb::StepIllegally)])
        .exactly(),
    Hole::new("schemas for the application", "scheduler", &[
        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO scheduler_app', current_database()); END $$",
    ])
        .told(&[(rule::PRIVILEGES_EXACT, "database")]),
    Hole::new("schemas for everybody", "scheduler", &[
        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO PUBLIC', current_database()); END $$",
    ])
        .told(&[(rule::PRIVILEGES_EXACT, "database")]),
    Hole::new("functions of any name in a schema that everybody searches", "scheduler", &["GRANT CREATE ON SCHEMA public TO PUBLIC"])
        .told(&[(rule::SETTINGS_CLEAN, "server")]),
    Hole::new("functions of any name in a schema that a database searches", "scheduler", &[
        "CREATE SCHEMA tools",
        "GRANT CREATE, USAGE ON SCHEMA tools TO scheduler_app",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = tools, pg_catalog', current_database()); END $$",
    ])
        .told(&[(rule::SETTINGS_CLEAN, "database ")]),
    Hole::new("a foreign server as somebody else", "scheduler", &[
        "CREATE FOREIGN DATA WRAPPER elsewhere",
        "CREATE SERVER itself FOREIGN DATA WRAPPER elsewhere",
        "GRANT USAGE ON FOREIGN SERVER itself TO scheduler_app",
        "CREATE USER MAPPING FOR PUBLIC SERVER itself",
    ])
        .told(&[(rule::SERVERS_CLOSED, "foreign server itself")]),
    Hole::new("a foreign table as somebody else", "scheduler", &[
        "CREATE FOREIGN DATA WRAPPER elsewhere",
        "CREATE SERVER itself FOREIGN DATA WRAPPER elsewhere",
        "CREATE FOREIGN TABLE public.jobs_there (id uuid) SERVER itself",
        "GRANT SELECT (id) ON public.jobs_there TO scheduler_reader",
        "CREATE USER MAPPING FOR scheduler_service SERVER itself",
    ])
        .told(&[(rule::SERVERS_CLOSED, "foreign server itself")]),
    Hole::new("a view of a foreign table, with its owner's user mapping", "scheduler", &[
        "CREATE FOREIGN DATA WRAPPER elsewhere",
        "CREATE SERVER itself FOREIGN DATA WRAPPER elsewhere",
        "CREATE FOREIGN TABLE public.jobs_there (id uuid) SERVER itself",
        "CREATE VIEW public.jobs_inside AS SELECT id FROM public.jobs_there",
        "CREATE VIEW public.jobs_shown WITH (security_invoker = true) AS SELECT id FROM public.jobs_inside",
        "GRANT SELECT ON public.jobs_shown TO scheduler_app",
        "CREATE USER MAPPING FOR CURRENT_USER SERVER itself",
    ])
        .told(&[(rule::SERVERS_CLOSED, "foreign server itself")]),
    Hole::new("a table that a foreign one inherits from", "scheduler", &[
        "CREATE FOREIGN DATA WRAPPER elsewhere",
        "CREATE SERVER itself FOREIGN DATA WRAPPER elsewhere",
        "CREATE TABLE public.jobs_anywhere (id uuid)",
        "CREATE FOREIGN TABLE public.jobs_there () INHERITS (public.jobs_anywhere) SERVER itself",
        "GRANT SELECT ON public.jobs_anywhere TO scheduler_app",
        "CREATE USER MAPPING FOR PUBLIC SERVER itself",
    ])
        .told(&[(rule::SERVERS_CLOSED, "foreign server itself")]),
    Hole::new("a foreign table without any user mapping", "scheduler", &[
        "CREATE FOREIGN DATA WRAPPER files",
        "CREATE SERVER folder FOREIGN DATA WRAPPER files",
        "CREATE FOREIGN TABLE public.lines (line text) SERVER folder",
        "GRANT SELECT ON public.lines TO scheduler_app",
    ])
        .told(&[(rule::SERVERS_CLOSED, "foreign server folder")]),
    Hole::new("functions of any name in the schema that a role searches by its own name", "scheduler", &[
        "CREATE SCHEMA scheduler_service",
        "DO $$ BEGIN EXECUTE format('ALTER ROLE audit_app IN DATABASE %I SET search_path = \"$user\", public', current_database()); END $$",
        "GRANT CREATE, USAGE ON SCHEMA scheduler_service TO scheduler_app",
    ])
        .told(&[(rule::SETTINGS_CLEAN, "server")]),
    Hole::new("a trigger of somebody's", "scheduler", &[
        "CREATE FUNCTION public.copy_job() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TRIGGER copy BEFORE INSERT ON scheduler.graph_jobs FOR EACH ROW EXECUTE FUNCTION public.copy_job()",
    ])
        .told(&[(rule::TRIGGERS_ON, JOBS)]),
];
