//! Roles and the server's settings.

use stellaops_db::verify::matrix::Verb;
use stellaops_db_spec::rule;

use super::{Hole, JOBS};

pub(super) const HOLES: &[Hole] = &[
    Hole::new(
        "a role with BYPASSRLS",
        "scheduler",
        &["ALTER ROLE scheduler_app BYPASSRLS"],
    )
    .mended_by(&["ALTER ROLE scheduler_app NOBYPASSRLS"])
    .told(&[
        (rule::ROLES_BOUND, "role scheduler_app"),
        (rule::LOGINS_BOUND, "login scheduler_service"),
    ])
    .red(&[
        (JOBS, Verb::Read),
        (JOBS, Verb::Insert),
        (JOBS, Verb::Move),
        (JOBS, Verb::DeleteReturning),
    ])
    .everywhere(),
    Hole::new(
        "an application's login with BYPASSRLS",
        "scheduler",
        &["ALTER ROLE scheduler_service BYPASSRLS"],
    )
    .mended_by(&["ALTER ROLE scheduler_service NOBYPASSRLS"])
    .told(&[(rule::LOGINS_BOUND, "login scheduler_service")])
    .red(&[(JOBS, Verb::Read), (JOBS, Verb::Insert)])
    .everywhere(),
    Hole::new(
        "an application's login that is a superuser",
        "scheduler",
        &["ALTER ROLE scheduler_service SUPERUSER"],
    )
    .mended_by(&["ALTER ROLE scheduler_service NOSUPERUSER"])
    .told(&[(rule::LOGINS_BOUND, "login scheduler_service")])
    .red(&[(JOBS, Verb::Read), (JOBS, Verb::PassBy)])
    .everywhere(),
    Hole::new(
        "an application's login that is the owner",
        "scheduler",
        &["GRANT scheduler_owner TO scheduler_service"],
    )
    .mended_by(&["REVOKE scheduler_owner FROM scheduler_service"])
    .told(&[
        (rule::MEMBERS_BOUND, "role scheduler_service"),
        (rule::LOGINS_BOUND, "login scheduler_service"),
    ])
    .red(&[(JOBS, Verb::PassBy), ("scheduler.impact_snapshots", Verb::Update)])
    .everywhere(),
    Hole::new(
        "an application's login that can become the system's",
        "scheduler",
        &["GRANT stellaops_system TO scheduler_service"],
    )
    .mended_by(&["REVOKE stellaops_system FROM scheduler_service"])
    .told(&[
        (rule::MEMBERS_BOUND, "role scheduler_service"),
        (rule::LOGINS_BOUND, "login scheduler_service"),
    ]),
    Hole::new(
        "an application's login that makes roles",
        "scheduler",
        &["ALTER ROLE scheduler_service CREATEROLE"],
    )
    .mended_by(&["ALTER ROLE scheduler_service NOCREATEROLE"])
    .told(&[(rule::LOGINS_BOUND, "login scheduler_service")]),
    Hole::new(
        "an application's login that reads everything",
        "scheduler",
        &["GRANT pg_read_all_data TO scheduler_service"],
    )
    .mended_by(&["REVOKE pg_read_all_data FROM scheduler_service"])
    .told(&[(rule::LOGINS_BOUND, "login scheduler_service")]),
    Hole::new(
        "an owner that can log in",
        "scheduler",
        &["ALTER ROLE scheduler_owner LOGIN"],
    )
    .mended_by(&["ALTER ROLE scheduler_owner NOLOGIN"])
    .told(&[(rule::ROLES_BOUND, "role scheduler_owner")]),
    Hole::new(
        "a tenant in a login's settings",
        "scheduler",
        &["ALTER ROLE scheduler_service SET app.tenant_id = 'acme'"],
    )
    .mended_by(&["ALTER ROLE scheduler_service RESET app.tenant_id"])
    .told(&[(rule::SETTINGS_CLEAN, "role scheduler_service")]),
    Hole::new(
        "triggers switched off in a login's settings",
        "scheduler",
        &["ALTER ROLE scheduler_service SET session_replication_role = replica"],
    )
    .mended_by(&["ALTER ROLE scheduler_service RESET session_replication_role"])
    .told(&[(rule::SETTINGS_CLEAN, "role scheduler_service")]),
    Hole::new(
        "triggers that a login may switch off",
        "scheduler",
        &["GRANT SET ON PARAMETER session_replication_role TO scheduler_service"],
    )
    .mended_by(&["REVOKE SET ON PARAMETER session_replication_role FROM scheduler_service"])
    .told(&[(rule::SETTINGS_CLEAN, "parameter session_replication_role")]),
    Hole::new(
        "passwords of the server",
        "scheduler",
        &["GRANT SELECT (rolname, rolpassword) ON pg_catalog.pg_authid TO PUBLIC"],
    )
    .mended_by(&["REVOKE SELECT (rolname, rolpassword) ON pg_catalog.pg_authid FROM PUBLIC"])
    .told(&[(rule::PRIVILEGES_EXACT, "pg_catalog.pg_authid")]),
    Hole::new(
        "a program that the server runs for the application",
        "scheduler",
        &["GRANT ALTER SYSTEM ON PARAMETER archive_command TO scheduler_app"],
    )
    .mended_by(&["REVOKE ALTER SYSTEM ON PARAMETER archive_command FROM scheduler_app"])
    .told(&[(rule::SETTINGS_CLEAN, "parameter archive_command")]),
    Hole::new(
        "a function of who may run programs on the server",
        "scheduler",
        &[
            "CREATE ROLE backup IN ROLE pg_execute_server_program",
            "CREATE FUNCTION public.copied() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'SELECT'",
            "ALTER FUNCTION public.copied() OWNER TO backup",
        ],
    )
    .mended_by(&["DROP FUNCTION public.copied()", "DROP ROLE backup"])
    .told(&[(rule::DEFINERS_KNOWN, "public.copied")]),
    Hole::new(
        "an owner's administrator",
        "scheduler",
        &[
            "CREATE ROLE somebody NOLOGIN",
            "DO $$ BEGIN EXECUTE 'GRANT scheduler_owner TO somebody WITH ADMIN ' || CASE \
                WHEN current_setting('server_version_num')::integer < 160000 THEN 'OPTION' ELSE 'TRUE, INHERIT FALSE, SET FALSE' END; END $$",
        ],
    )
    .mended_by(&["DROP ROLE somebody"])
    .told(&[(rule::MEMBERS_BOUND, "role somebody")]),
    // Before PostgreSQL 16 it is the owner's already, and cells are red.
    Hole::new(
        "a login that may make itself the owner's",
        "scheduler",
        &[
            "DO $$ BEGIN EXECUTE 'GRANT scheduler_owner TO scheduler_service WITH ADMIN ' || CASE \
                WHEN current_setting('server_version_num')::integer < 160000 THEN 'OPTION' ELSE 'TRUE, INHERIT FALSE, SET FALSE' END; END $$",
        ],
    )
    .mended_by(&["REVOKE scheduler_owner FROM scheduler_service"])
    .told(&[
        (rule::MEMBERS_BOUND, "role scheduler_service"),
        (rule::LOGINS_BOUND, "login scheduler_service"),
    ])
    .everywhere(),
    Hole::new(
        "an event trigger of somebody who was a superuser",
        "scheduler",
        &[
            "CREATE ROLE somebody SUPERUSER",
            "CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$",
            "CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION public.watch()",
            "ALTER EVENT TRIGGER watch OWNER TO somebody",
            "ALTER ROLE somebody NOSUPERUSER",
        ],
    )
    .mended_by(&["DROP EVENT TRIGGER IF EXISTS watch", "DROP ROLE somebody"])
    .told(&[(rule::TRIGGERS_ON, "event trigger watch")]),
    Hole::new(
        "values in the log",
        "scheduler",
        &[
            "SET log_min_duration_statement = 0",
            "SET log_parameter_max_length = -1",
        ],
    )
    .told(&[(rule::VALUES_UNLOGGED, "server")]),
];
