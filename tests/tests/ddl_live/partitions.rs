//! Partitions by month: made ahead, closed, compared, detached.

use sqlx::PgConnection;
use stellaops_db::testing::{PostgresServer, TestDatabase, ensure_login};
use stellaops_db_spec::ddl::sqlstate;

use crate::shop::*;

const PARTITIONS: &str = "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
   WHERE inhparent = 'ledger.entries'::regclass";

/// The names of this month's partition and of the next two.
const NEXT: &str = "SELECT string_agg(to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month', '\"entries_y\"YYYY\"m\"MM'), ' ' ORDER BY n)
   FROM generate_series(0, 2) AS n";

async fn ledger(server: &PostgresServer) -> (TestDatabase, PgConnection) {
    let database = empty(server).await;
    let mut superuser = database.connect().await.expect("a connection");
    run(&mut superuser, ledger_file())
        .await
        .expect("the file applies");
    for (login, role) in [
        ("ledger_ddl_app", "ledger_app"),
        ("ledger_ddl_owner", "ledger_owner"),
    ] {
        ensure_login(server, login, &[role], false)
            .await
            .expect("a login");
    }
    (database, superuser)
}

fn entry(tenant: &str, time: &str) -> String {
    format!(
        "INSERT INTO ledger.entries (tenant_id, id, occurred_at, what) VALUES ('{tenant}', gen_random_uuid(), {time}, 'x')"
    )
}

/// A partition of an earlier month, as it was made then.
async fn make_earlier(superuser: &mut PgConnection, months: i32) -> String {
    let name = format!(
        "SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '{months} months', '\"ledger.entries_y\"YYYY\"m\"MM')"
    );
    let name: String = value(&mut *superuser, name).await;
    let bound = |months: i32| {
        format!(
            "SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '{months} months', 'YYYY-MM-DD\"T00:00:00Z\"')"
        )
    };
    let (from, to): (String, String) = (
        value(&mut *superuser, bound(months)).await,
        value(&mut *superuser, bound(months - 1)).await,
    );
    run(
        superuser,
        format!(
            "CREATE TABLE {name} PARTITION OF ledger.entries FOR VALUES FROM ('{from}') TO ('{to}');
             ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, OWNER TO ledger_owner"
        ),
    )
    .await
    .expect("the partition is made");
    name
}

#[tokio::test]
async fn this_month_and_the_next_ones_have_their_partition_when_the_file_is_applied() {
    for server in servers().await {
        let (database, mut superuser) = ledger(server).await;
        let expected: String = value(&mut superuser, NEXT).await;
        assert_eq!(value::<String>(&mut superuser, PARTITIONS).await, expected);
        run(&mut superuser, ledger_file()).await.unwrap();
        assert_eq!(value::<String>(&mut superuser, PARTITIONS).await, expected);
        let grant = format!(
            "GRANT CREATE ON DATABASE \"{}\" TO stellaops_migrator",
            database.name()
        );
        run(&mut superuser, grant).await.unwrap();
        let mut migrator = connect(&database, "stellaops_migrator").await;
        run(&mut migrator, ledger_file()).await.unwrap();
        assert_eq!(value::<String>(&mut superuser, PARTITIONS).await, expected);
    }
}

#[tokio::test]
async fn a_partition_is_reached_through_its_table_alone() {
    for server in servers().await {
        let (database, mut superuser) = ledger(server).await;
        run(&mut superuser, entry("a", "now()")).await.unwrap();
        run(&mut superuser, entry("b", "now()")).await.unwrap();
        let closed = "SELECT bool_and(relrowsecurity AND relforcerowsecurity AND pg_get_userbyid(relowner) = 'ledger_owner'
             AND NOT EXISTS (SELECT FROM aclexplode(relacl) AS granted WHERE grantee <> relowner)
             AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid))
           FROM pg_class JOIN pg_inherits ON inhrelid = oid WHERE inhparent = 'ledger.entries'::regclass";
        assert!(value::<bool>(&mut superuser, closed).await);
        let month: String = value(
            &mut superuser,
            "SELECT tableoid::regclass::text FROM ledger.entries LIMIT 1",
        )
        .await;
        let mut app = connect(&database, "ledger_ddl_app").await;
        assert_eq!(
            try_as(&mut app, "a", "SELECT * FROM ledger.entries")
                .await
                .unwrap(),
            1
        );
        for sql in [
            format!("SELECT * FROM {month}"),
            format!("INSERT INTO {month} SELECT * FROM ledger.entries"),
        ] {
            assert_eq!(code(try_as(&mut app, "a", &sql).await), "42501", "{sql}");
        }
        let mut owner = connect(&database, "ledger_ddl_owner").await;
        for sql in [
            format!("DELETE FROM {month}"),
            format!("UPDATE {month} SET what = 'y'"),
            format!("TRUNCATE {month}"),
            "DELETE FROM ledger.entries".into(),
        ] {
            assert_eq!(
                code(try_as(&mut owner, "a", &sql).await),
                sqlstate::APPEND_ONLY,
                "{sql}"
            );
            assert_eq!(
                code(run(&mut superuser, sql.clone()).await),
                sqlstate::APPEND_ONLY,
                "{sql}"
            );
        }
        assert_eq!(
            try_as(&mut owner, "a", &format!("SELECT * FROM {month}"))
                .await
                .unwrap(),
            0
        );
    }
}

#[tokio::test]
async fn months_past_the_retention_are_detached_with_their_rows_and_stay_closed() {
    for server in servers().await {
        let (database, mut superuser) = ledger(server).await;
        let kept = make_earlier(&mut superuser, 12).await;
        let past = make_earlier(&mut superuser, 15).await;
        run(&mut superuser, entry("a", "now() - interval '15 months'"))
            .await
            .ok();
        let before: i64 = value(&mut superuser, format!("SELECT count(*) FROM {past}")).await;
        let mut system = connect(&database, "stellaops_system").await;
        run(&mut system, "CALL ledger.maintain_entries_partitions()")
            .await
            .unwrap();
        let partitions: String = value(&mut superuser, PARTITIONS).await;
        let bare = |name: &str| name.trim_start_matches("ledger.").to_owned();
        assert!(
            partitions.contains(&bare(&kept)) && !partitions.contains(&bare(&past)),
            "{partitions}"
        );
        assert_eq!(
            value::<i64>(&mut superuser, format!("SELECT count(*) FROM {past}")).await,
            before
        );
        let said: String = value(
            &mut superuser,
            format!("SELECT obj_description('{past}'::regclass)"),
        )
        .await;
        assert!(
            said.starts_with("Detached from ledger.entries on 2") && said.contains("400 days"),
            "{said}"
        );
        let closed = format!(
            "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = '{past}'::regclass"
        );
        assert!(value::<bool>(&mut superuser, closed).await);
        let mut app = connect(&database, "ledger_ddl_app").await;
        assert_eq!(
            code(try_as(&mut app, "a", &format!("SELECT * FROM {past}")).await),
            "42501"
        );
        run(&mut superuser, ledger_file()).await.unwrap();
    }
}

#[tokio::test]
async fn a_row_whose_month_has_no_partition_is_refused() {
    for server in servers().await {
        let (_database, mut superuser) = ledger(server).await;
        for time in ["now() + interval '4 months'", "now() - interval '2 months'"] {
            let refused = run(&mut superuser, entry("a", time)).await.unwrap_err();
            let refused = refused.as_database_error().unwrap();
            assert_eq!(refused.code().as_deref(), Some(sqlstate::CHECK_VIOLATION));
            assert_eq!((refused.constraint(), refused.table()), (None, Some("entries")));
        }
    }
}

#[tokio::test]
async fn only_the_system_and_the_migrator_maintain_partitions() {
    for server in servers().await {
        let (database, mut superuser) = ledger(server).await;
        let call = "CALL ledger.maintain_entries_partitions()";
        for login in ["stellaops_system", "stellaops_migrator"] {
            run(&mut connect(&database, login).await, call).await.unwrap();
        }
        let mut app = connect(&database, "ledger_ddl_app").await;
        assert_eq!(code(run(&mut app, call).await), "42501");
        let shared = "CALL stellaops.maintain_partitions('ledger.entries', 1, 1)";
        assert_eq!(code(run(&mut app, shared).await), "42501");
        let definer = "SELECT prosecdef AND proconfig @> ARRAY['search_path=pg_catalog, pg_temp'] AND pg_get_userbyid(proowner) = 'ledger_owner'
            FROM pg_proc WHERE oid = 'ledger.maintain_entries_partitions()'::regprocedure";
        assert!(value::<bool>(&mut superuser, definer).await);
    }
}

#[tokio::test]
async fn with_nothing_to_do_nobody_is_waited_for() {
    for server in servers().await {
        let (database, mut superuser) = ledger(server).await;
        run(
            &mut superuser,
            format!(
                "BEGIN; {}; LOCK TABLE ledger.entries IN ROW EXCLUSIVE MODE",
                entry("a", "now()")
            ),
        )
        .await
        .unwrap();
        let mut system = connect(&database, "stellaops_system").await;
        run(
            &mut system,
            "SET statement_timeout = '4s'; CALL ledger.maintain_entries_partitions()",
        )
        .await
        .unwrap();
        let last: String = value(&mut superuser, "SELECT max(relname) FROM pg_class JOIN pg_inherits ON inhrelid = oid WHERE inhparent = 'ledger.entries'::regclass").await;
        run(&mut superuser, "COMMIT").await.unwrap();
        // A month that is made waits for no writer either.
        run(&mut superuser, format!("DROP TABLE ledger.{last}"))
            .await
            .unwrap();
        run(&mut superuser, format!("BEGIN; {}", entry("a", "now()")))
            .await
            .unwrap();
        run(&mut system, "CALL ledger.maintain_entries_partitions()")
            .await
            .unwrap();
        run(&mut superuser, "ROLLBACK").await.unwrap();
        assert!(value::<String>(&mut superuser, PARTITIONS).await.ends_with(&last));
    }
}

#[tokio::test]
async fn an_open_partition_and_another_partitioning_stop_the_run() {
    for server in servers().await {
        let (_database, mut superuser) = ledger(server).await;
        let first: String = value(&mut superuser, "SELECT min(relname) FROM pg_class JOIN pg_inherits ON inhrelid = oid WHERE inhparent = 'ledger.entries'::regclass").await;
        let mut told = async |drift: String, expected: String| {
            run(&mut superuser, drift).await.unwrap();
            let error = run(&mut superuser, ledger_file()).await.unwrap_err();
            run(&mut superuser, "ROLLBACK").await.unwrap();
            let error = error.as_database_error().unwrap();
            assert!(error.message().contains(&expected), "{error}");
        };
        told(
            format!("ALTER TABLE ledger.{first} NO FORCE ROW LEVEL SECURITY"),
            format!("ledger.{first}: this partition is without forced row security, should be closed"),
        )
        .await;
        told(
            format!("ALTER TABLE ledger.{first} FORCE ROW LEVEL SECURITY; GRANT SELECT ON ledger.{first} TO ledger_app"),
            format!("ledger.{first}: this partition is granted to others, should be closed"),
        )
        .await;
        told(
            "DROP TABLE ledger.entries; CREATE TABLE ledger.entries (id uuid, occurred_at timestamptz) PARTITION BY LIST (id)".into(),
            "ledger.entries: relation is partitioned table by LIST (id), should be partitioned table by RANGE (occurred_at)".into(),
        )
        .await;
    }
}
