//! A database as it is generated.

use std::path::Path;

use sqlx::PgConnection;
use stellaops_db::verify::{Audit, Finding, Options, Outcome, verify};
use stellaops_db_spec::rule;

use crate::weakened::{World, run};

fn assert_sound(audit: &Audit) {
    assert!(
        audit.is_sound() && audit.findings.is_empty(),
        "{:#?}",
        audit.findings
    );
}

#[tokio::test]
async fn every_verb_of_every_table_answers_every_role_and_tenant_as_specified() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    let audit = world.audit(&mut superuser, "").await;
    assert_sound(&audit);
    let matrix = world.matrix(&mut superuser, &audit).await;
    let red: Vec<String> = matrix.red.iter().map(ToString::to_string).collect();
    assert!(red.is_empty(), "{}", red.join("\n"));
    assert_eq!(matrix.untried, []);
    let tables = world.specs.tables().count();
    assert_eq!(matrix.tables, tables);
    assert!(matrix.cells > 250 * tables, "{} cells", matrix.cells);
    let joined = matrix.join(&world.specs, audit);
    assert!(joined.is_sound());
    assert_eq!(
        joined.evidence.last().map(|evidence| evidence.rule),
        Some(rule::MATRIX_AS_SPECIFIED)
    );
    let nothing_left = "SELECT count(*) FROM scheduler.graph_jobs";
    let left: i64 = sqlx::query_scalar(nothing_left)
        .fetch_one(&mut superuser)
        .await
        .expect("counts");
    assert_eq!(left, 0, "what was tried is rolled back");
}

/// A login under the policies reads the catalog as well; what it cannot see is told, and is not taken for well.
#[tokio::test]
async fn what_a_login_cannot_see_is_not_taken_for_well() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut service = sqlx::ConnectOptions::connect(&database.connect_options_as(crate::weakened::SERVICE))
        .await
        .expect("connects");
    let audit = world.audit(&mut service, "").await;
    assert!(audit.findings.is_empty(), "{:#?}", audit.findings);
    assert!(!audit.is_sound());
    let unchecked: Vec<_> = audit
        .evidence
        .iter()
        .filter(|evidence| matches!(evidence.outcome, Outcome::Unchecked(_)))
        .map(|evidence| evidence.rule)
        .collect();
    assert_eq!(unchecked, [rule::REFERENCES_TRUE, rule::CHAINS_WHOLE]);
}

/// Tables of all kinds, and those of a user of the crate.
#[tokio::test]
async fn every_kind_of_table_is_sound_as_it_is_generated() {
    for folder in [
        "../stellaops-db-spec/tests/every-kind",
        "../examples/orders/specs",
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let specs = stellaops_db_spec::load(&folder)
            .expect("readable")
            .expect("no faults");
        let world = World::of(specs).await;
        let database = world.database().await;
        let mut superuser = database.connect().await.expect("connects");
        let audit = verify(&mut superuser, &world.specs, &Options::default())
            .await
            .expect("it is read");
        assert!(
            audit.is_sound() && audit.findings.is_empty(),
            "{:#?} {:#?}",
            audit.findings,
            audit.evidence
        );
    }
}

/// Settings of a session decide how the server prints and reads expressions; none of them reaches the audit.
#[tokio::test]
async fn settings_of_a_session_make_no_difference() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    run(
        &mut superuser,
        "SET quote_all_identifiers = on; SET standard_conforming_strings = off; SET transform_null_equals = on; \
         SET extra_float_digits = -15; SET IntervalStyle = sql_standard; SET DateStyle = 'German, DMY'; SET bytea_output = escape",
    )
    .await;
    let audit = world.audit(&mut superuser, "").await;
    assert_sound(&audit);
}

/// What the database cannot be asked is said, and not taken for well.
#[tokio::test]
async fn an_expression_that_the_login_cannot_read_is_told() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    let hidden = "REVOKE EXECUTE ON FUNCTION stellaops.are_sets(jsonb, jsonpath) FROM PUBLIC";
    run(&mut superuser, hidden).await;
    let mut service = sqlx::ConnectOptions::connect(&database.connect_options_as(crate::weakened::SERVICE))
        .await
        .expect("connects");
    let audit = world.audit(&mut service, "audit").await;
    let of_shapes = audit
        .evidence
        .iter()
        .find(|evidence| evidence.rule == rule::TABLES_THERE);
    match of_shapes.map(|evidence| &evidence.outcome) {
        Some(Outcome::Unchecked(why)) => {
            assert!(
                why.starts_with("1 of the expressions could not be compared"),
                "{why}"
            );
            assert!(
                why.contains("`ck_events_diff` of audit.events: permission denied"),
                "{why}"
            );
        }
        other => panic!("{other:?}"),
    }
}

/// What somebody's function does while a statement is planned is not for an audit to find out.
#[tokio::test]
async fn nobodys_function_runs_in_an_audit() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    run(
        &mut superuser,
        "CREATE FUNCTION public.is_fine(value integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE \
            AS $$ BEGIN IF current_setting('transaction_read_only') = 'on' THEN RAISE EXCEPTION 'called'; END IF; RETURN true; END $$; \
         ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT ck_graph_jobs_attempts, \
            ADD CONSTRAINT ck_graph_jobs_attempts CHECK (attempts >= 0 OR public.is_fine(1))",
    )
    .await;
    let audit = world.audit(&mut superuser, "scheduler").await;
    let told: Vec<&str> = audit
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        told,
        [
            "the check `ck_graph_jobs_attempts` is another one, which calls public.is_fine: ((attempts >= 0) OR public.is_fine(1))"
        ]
    );
}

/// Where no call is seen: in a cast to a type, under a name of the toolkit's own, and in an extension that is no superuser's.
const HIDDEN_CALLS: [&str; 3] = [
    "CREATE TYPE public.number AS (value integer); \
     CREATE FUNCTION public.as_number(given integer) RETURNS public.number LANGUAGE plpgsql IMMUTABLE \
        AS $$ BEGIN PERFORM public.leave_a_trace(); RETURN ROW(given)::public.number; END $$; \
     CREATE CAST (integer AS public.number) WITH FUNCTION public.as_number(integer); \
     ALTER TABLE scheduler.graph_jobs DROP COLUMN attempts CASCADE; \
     ALTER TABLE scheduler.graph_jobs ADD other public.number, ADD attempts public.number GENERATED ALWAYS AS (other) STORED",
    "CREATE FUNCTION stellaops.are_sets(value integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE \
        AS $$ BEGIN PERFORM public.leave_a_trace(); RETURN true; END $$; \
     ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT ck_graph_jobs_attempts, \
        ADD CONSTRAINT ck_graph_jobs_attempts CHECK (attempts >= 0 OR stellaops.are_sets(1))",
    "CREATE FUNCTION public.is_fine(value integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE \
        AS $$ BEGIN PERFORM public.leave_a_trace(); RETURN true; END $$; \
     ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT ck_graph_jobs_attempts, \
        ADD CONSTRAINT ck_graph_jobs_attempts CHECK (attempts >= 0 OR public.is_fine(1)); \
     ALTER EXTENSION plpgsql ADD FUNCTION public.is_fine(integer); \
     UPDATE pg_extension SET extowner = 'scheduler_service'::regrole WHERE extname = 'plpgsql'",
];

/// A lock of the session stays when a transaction that may only read is rolled back.
const TRACE: &str = "CREATE FUNCTION public.leave_a_trace() RETURNS void LANGUAGE plpgsql AS $$ BEGIN \
    IF current_setting('transaction_read_only') = 'on' THEN PERFORM pg_advisory_lock(4711); END IF; END $$";

#[tokio::test]
async fn nobodys_function_runs_in_an_audit_where_no_call_is_seen() {
    let world = World::shared().await;
    for hidden in HIDDEN_CALLS {
        let database = world.database().await;
        let mut superuser = database.connect().await.expect("connects");
        run(&mut superuser, TRACE).await;
        run(&mut superuser, LEAVE_ONE).await;
        assert_eq!(traces(&mut superuser).await, 1, "whatever runs is seen");
        run(&mut superuser, "SELECT pg_advisory_unlock_all()").await;
        run(&mut superuser, hidden).await;
        let audit = world.audit(&mut superuser, "scheduler").await;
        assert!(!audit.is_sound(), "{hidden}");
        assert_eq!(traces(&mut superuser).await, 0, "it ran: {hidden}");
    }
}

const LEAVE_ONE: &str = "BEGIN READ ONLY; SELECT public.leave_a_trace(); ROLLBACK";

async fn traces(connection: &mut PgConnection) -> i64 {
    let traces = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND pid = pg_backend_pid()";
    let traces = sqlx::query_scalar(traces).fetch_one(connection).await;
    traces.expect("counts")
}

/// What a constraint of somebody's keeps the matrix from trying, and what it says then.
const LEFT_OUT: [(&str, &str); 2] = [
    (
        "ALTER TABLE scheduler.graph_jobs ADD CONSTRAINT never_runs CHECK (status <> 2)",
        "a step of a status: the specs do not have what forbids it, the constraint `never_runs`",
    ),
    (
        "ALTER TABLE scheduler.graph_jobs ADD CONSTRAINT never_queued CHECK (status <> 1)",
        "the claim of its queue: the table takes no row that a worker may claim",
    ),
];

#[tokio::test]
async fn what_the_matrix_leaves_out_is_told() {
    let world = World::shared().await;
    for (constraint, told) in LEFT_OUT {
        let database = world.database().await;
        let mut superuser = database.connect().await.expect("connects");
        run(&mut superuser, constraint).await;
        let audit = world.audit(&mut superuser, "scheduler").await;
        let matrix = world.matrix(&mut superuser, &audit).await;
        let is_told =
            |(table, why): &(String, String)| table == "scheduler.graph_jobs" && why.starts_with(told);
        assert!(matrix.untried.iter().any(is_told), "{:?}", matrix.untried);
        assert!(!matrix.join(&world.specs, audit).is_sound());
    }
}

/// What runs as each session begins may bind a tenant to it. There are such triggers since PostgreSQL 17.
#[tokio::test]
async fn a_superusers_trigger_on_each_login_is_told() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    if world.audit(&mut superuser, "scheduler").await.server_version < 170_000 {
        eprintln!("SKIPPED: this server has no triggers on logins");
        return;
    }
    run(
        &mut superuser,
        "CREATE FUNCTION public.bind() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$",
    )
    .await;
    run(
        &mut superuser,
        "CREATE EVENT TRIGGER bind ON login EXECUTE FUNCTION public.bind()",
    )
    .await;
    let audit = world.audit(&mut superuser, "scheduler").await;
    let told = audit
        .findings
        .iter()
        .map(|finding| (finding.rule.code, finding.object.as_str()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [(rule::TRIGGERS_ON.code, "event trigger bind")]
    );
}

/// Since PostgreSQL 16 a membership is told apart: one that gives nothing is none, and whoever made a role without being a
/// superuser administers it.
#[tokio::test]
async fn a_membership_that_gives_nothing_is_none() {
    let world = World::start().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    if world.audit(&mut superuser, "scheduler").await.server_version < 160_000 {
        println!("SKIPPED: this PostgreSQL has memberships of one kind");
        return;
    }
    run(
        &mut superuser,
        "CREATE ROLE nobody; GRANT scheduler_owner TO nobody WITH ADMIN FALSE, INHERIT FALSE, SET FALSE; \
         GRANT scheduler_owner TO scheduler_service WITH ADMIN FALSE, INHERIT FALSE, SET FALSE",
    )
    .await;
    let audit = world.audit(&mut superuser, "scheduler").await;
    assert_sound(&audit);
    run(
        &mut superuser,
        "CREATE ROLE maker LOGIN CREATEROLE; GRANT scheduler_owner, scheduler_app TO maker WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
    )
    .await;
    let audit = world.audit(&mut superuser, "scheduler").await;
    assert!(audit.is_sound(), "{:#?}", audit.findings);
    let told: Vec<&str> = audit
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        told,
        ["it is no member of scheduler_owner, and may make itself and others one, by its ADMIN option"]
    );
    run(
        &mut superuser,
        "CREATE ROLE almost LOGIN BYPASSRLS; GRANT scheduler_app TO almost WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
    )
    .await;
    let audit = world.audit(&mut superuser, "scheduler").await;
    let is_told = |finding: &Finding| finding.rule == rule::LOGINS_BOUND && finding.object == "login almost";
    assert!(audit.findings.iter().any(is_told), "{:#?}", audit.findings);
}

/// What a role makes in the schema of its own name, only the role itself finds by the path `"$user"`.
#[tokio::test]
async fn a_schema_of_a_roles_own_is_its_own_affair() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    run(&mut superuser, "CREATE SCHEMA AUTHORIZATION scheduler_service").await;
    let audit = world.audit(&mut superuser, "scheduler").await;
    assert_sound(&audit);
}

/// A view with its reader's rights asks for a privilege on the foreign table itself, also where another view reads from it.
#[tokio::test]
async fn a_view_with_its_readers_rights_takes_nobody_in_as_its_owner() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    run(
        &mut superuser,
        "CREATE FOREIGN DATA WRAPPER elsewhere; CREATE SERVER itself FOREIGN DATA WRAPPER elsewhere; \
         CREATE FOREIGN TABLE public.jobs_there (id uuid) SERVER itself; \
         CREATE VIEW public.jobs_inside WITH (security_invoker = true) AS SELECT id FROM public.jobs_there; \
         CREATE VIEW public.jobs_shown AS SELECT id FROM public.jobs_inside; \
         GRANT SELECT ON public.jobs_shown TO scheduler_app; CREATE USER MAPPING FOR CURRENT_USER SERVER itself",
    )
    .await;
    let audit = world.audit(&mut superuser, "scheduler").await;
    assert_sound(&audit);
}

/// PostgreSQL 18 marks a column as NOT NULL before anybody looked at its rows.
#[tokio::test]
async fn a_column_whose_rows_nobody_looked_at_may_be_null() {
    let world = World::shared().await;
    let database = world.database().await;
    let mut superuser = database.connect().await.expect("connects");
    if world.audit(&mut superuser, "scheduler").await.server_version < 180_000 {
        println!("SKIPPED: this PostgreSQL looks at the rows always");
        return;
    }
    run(
        &mut superuser,
        "ALTER TABLE scheduler.graph_jobs ALTER COLUMN payload DROP NOT NULL, ADD CONSTRAINT later NOT NULL payload NOT VALID",
    )
    .await;
    let audit = world.audit(&mut superuser, "scheduler").await;
    let told: Vec<&str> = audit
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(told, ["the column `payload` is jsonb, not jsonb NOT NULL"]);
}
