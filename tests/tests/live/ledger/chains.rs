//! Hash chains: what concurrent writers leave is whole, and what somebody does behind their back is found.

use sqlx::PgConnection;
use stellaops_db::chain::{ChainFault, ChainReport};
use stellaops_db::{Error, TenantId};
use stellaops_db_tests::ledger::{Entry, EntryHeadRepository, EntryKind, EntryRepository};

use super::Ledger;
use crate::support::*;

/// Rows with something of everything.
fn entry(number: u32) -> stellaops_db_tests::ledger::NewEntry {
    let row =
        Entry::new_row(format!("entry {number} é ✓")).tags(vec!["a".into(), format!("b\"{number}, {{}}\\")]);
    match number % 3 {
        0 => row.note(Some(String::new())).kind(EntryKind::Odd),
        1 => row
            .seen_on(crate::samples::day(number).into())
            .proof(Some(vec![0, 255, 10])),
        _ => row.detail(Some(
            serde_json::from_value(serde_json::json!({ "b": [1, 2.5, null], "a": "ü\n" }))
                .expect("a document"),
        )),
    }
}

async fn write(ledger: &Ledger, tenant: &str, numbers: std::ops::Range<u32>) {
    let entries = ledger.tenant(tenant).repository::<EntryRepository>();
    for number in numbers {
        ledger.clock.advance(std::time::Duration::from_millis(7));
        entries.insert(entry(number)).await.expect("inserts");
    }
}

async fn verified(ledger: &Ledger, tenant: &str) -> ChainReport {
    let system = ledger.db.system("verify").await.expect("opens");
    let report = system
        .across_tenants::<EntryRepository>()
        .verify_chain(&self::tenant(tenant))
        .await;
    system.close().await.expect("closes");
    report.expect("verifies")
}

/// What the owner of the server can do, and nobody sees but the chain.
async fn behind_the_back(ledger: &Ledger, sql: &str) {
    let mut superuser = ledger.superuser().await;
    run(&mut superuser, "SET session_replication_role = replica")
        .await
        .expect("triggers are off");
    assert!(run(&mut superuser, sql).await.expect("it is done") > 0, "{sql}");
}

async fn ledger() -> Ledger {
    let ledger = Ledger::start().await;
    ledger.clock.set(chrono::Utc::now());
    ledger
}

#[tokio::test]
async fn a_thousand_rows_of_two_tenants_by_concurrent_writers_make_whole_chains() {
    let ledger = ledger().await;
    let writers = (0..8_u32).map(|writer| {
        let tenant = if writer % 2 == 0 { "a" } else { "b" };
        let entries = ledger.tenant(tenant).repository::<EntryRepository>();
        tokio::spawn(async move {
            for round in 0..25 {
                let rows = (0..5).map(|number| entry(writer * 1000 + round * 5 + number));
                entries.insert_many(rows).await.expect("inserts");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("the writer ends");
    }
    for tenant in ["a", "b"] {
        let report = verified(&ledger, tenant).await;
        assert_eq!((report.first, report.rows, report.fault), (Some(1), 500, None));
    }
    let system = ledger.db.system("verify").await.expect("opens");
    let all = system
        .across_tenants::<EntryRepository>()
        .verify_chains()
        .await
        .expect("verifies");
    let tenants: Vec<&str> = all.iter().map(|report| report.tenant.as_str()).collect();
    assert_eq!(tenants, ["@system", "a", "b"]);
    assert!(all.iter().all(ChainReport::is_whole), "{all:?}");
    system.close().await.expect("closes");
}

#[tokio::test]
async fn more_rows_than_a_page_are_verified_to_the_last() {
    let ledger = ledger().await;
    let entries = ledger.tenant("a").repository::<EntryRepository>();
    for part in 0..5 {
        let rows = entries
            .insert_many((0..500).map(|number| entry(part * 500 + number)))
            .await;
        assert_eq!(rows.expect("inserts").inserted, 500);
    }
    assert_eq!(verified(&ledger, "a").await.rows, 2500);
    behind_the_back(
        &ledger,
        "UPDATE ledger.entries SET kind = 1 - kind WHERE tenant_id = 'a' AND position = 1001",
    )
    .await;
    assert_eq!(
        verified(&ledger, "a").await.fault,
        Some(ChainFault::Changed { position: 1001 })
    );
}

#[tokio::test]
async fn the_database_sets_the_links_whatever_a_statement_says() {
    let ledger = ledger().await;
    let mut superuser = ledger.superuser().await;
    let insert = "INSERT INTO ledger.entries (tenant_id, id, what, position, previous, hash) VALUES ('a', gen_random_uuid(), 'forged', 77, 'x', 'y')";
    run(&mut superuser, insert).await.expect("inserts");
    write(&ledger, "a", 0..2).await;
    let report = verified(&ledger, "a").await;
    assert_eq!((report.first, report.rows, report.fault), (Some(1), 3, None));
    let heads = ledger.tenant("a").repository::<EntryHeadRepository>();
    let head = heads.get(()).await.expect("reads").expect("a head");
    let entries = ledger.tenant("a").repository::<EntryRepository>();
    let last = entries
        .list(Entry::BY_POSITION)
        .await
        .expect("lists")
        .rows
        .pop()
        .expect("a row");
    assert_eq!((head.position, head.hash), (last.position, last.hash));
}

#[tokio::test]
async fn rows_that_were_changed_removed_or_put_in_are_found_by_their_position() {
    for (sql, fault) in [
        (
            "UPDATE ledger.entries SET what = 'x' WHERE tenant_id = 'a' AND position = 3",
            ChainFault::Changed { position: 3 },
        ),
        (
            "UPDATE ledger.entries SET note = '' WHERE tenant_id = 'a' AND position = 2",
            ChainFault::Changed { position: 2 },
        ),
        (
            "UPDATE ledger.entries SET occurred_at = occurred_at + interval '1 microsecond' WHERE tenant_id = 'a' AND position = 5",
            ChainFault::Changed { position: 5 },
        ),
        (
            "DELETE FROM ledger.entries WHERE tenant_id = 'a' AND position = 4",
            ChainFault::Missing { position: 4 },
        ),
        (
            "DELETE FROM ledger.entries WHERE tenant_id = 'a' AND position = 6",
            ChainFault::Missing { position: 6 },
        ),
        (
            "UPDATE ledger.entries SET position = 9 - position WHERE tenant_id = 'a' AND position IN (4, 5)",
            ChainFault::Changed { position: 4 },
        ),
        (
            "INSERT INTO ledger.entries SELECT * FROM ledger.entries WHERE false; INSERT INTO ledger.entries (tenant_id, id, what, position, previous, hash) SELECT tenant_id, gen_random_uuid(), what, position, previous, hash FROM ledger.entries WHERE tenant_id = 'a' AND position = 2",
            ChainFault::Changed { position: 2 },
        ),
        (
            "UPDATE ledger.entry_heads SET position = 5 WHERE tenant_id = 'a'",
            ChainFault::HeadDiffers { position: 6 },
        ),
        (
            "UPDATE ledger.entry_heads SET hash = sha256('x') WHERE tenant_id = 'a'",
            ChainFault::HeadDiffers { position: 6 },
        ),
        (
            "UPDATE ledger.entry_heads SET position = 8 WHERE tenant_id = 'a'",
            ChainFault::Missing { position: 7 },
        ),
        (
            "DELETE FROM ledger.entry_heads WHERE tenant_id = 'a'",
            ChainFault::HeadMissing { position: 6 },
        ),
    ] {
        let ledger = ledger().await;
        write(&ledger, "a", 0..6).await;
        write(&ledger, "b", 0..3).await;
        assert!(verified(&ledger, "a").await.is_whole());
        behind_the_back(&ledger, sql).await;
        let found = verified(&ledger, "a").await.fault;
        // Of two rows with one number, either may come first.
        let is_doubled =
            sql.contains("gen_random_uuid") && found == Some(ChainFault::Repeated { position: 2 });
        assert!(found == Some(fault) || is_doubled, "{sql}: {found:?}");
        assert!(verified(&ledger, "b").await.is_whole());
    }
}

#[tokio::test]
async fn a_chain_whose_first_rows_are_gone_is_verified_from_what_is_there() {
    let ledger = ledger().await;
    write(&ledger, "a", 0..5).await;
    behind_the_back(
        &ledger,
        "DELETE FROM ledger.entries WHERE tenant_id = 'a' AND position <= 2",
    )
    .await;
    let report = verified(&ledger, "a").await;
    assert_eq!((report.first, report.rows, report.fault), (Some(3), 3, None));
    assert!(report.to_string().contains("taken as given"), "{report}");
}

#[tokio::test]
async fn nobody_but_the_chain_writes_heads() {
    let ledger = ledger().await;
    write(&ledger, "a", 0..1).await;
    let changes = [
        "UPDATE ledger.entry_heads SET position = 0",
        "DELETE FROM ledger.entry_heads",
        "INSERT INTO ledger.entry_heads VALUES ('a', 1, 'x', now())",
    ];
    for login in [super::APPLICATION, SYSTEM] {
        let mut connection = super::connect(&ledger, login).await;
        for sql in changes {
            assert_eq!(code(run(&mut connection, sql).await), "42501", "{login}: {sql}");
        }
        // The function is the trigger's: nobody hangs it on a table of their own.
        let own = "CREATE TEMPORARY TABLE mine (LIKE ledger.entries);
                   CREATE TRIGGER mine BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION ledger.chain_entries()";
        assert_eq!(code(run(&mut connection, own).await), "42501", "{login}");
    }
}

/// A row that is passed over would leave a hole behind it, so it is refused instead.
#[tokio::test]
async fn a_row_that_is_there_already_is_refused_and_the_chain_stays_whole() {
    let ledger = ledger().await;
    write(&ledger, "a", 0..2).await;
    let mut superuser = ledger.superuser().await;
    let again = "INSERT INTO ledger.entries (tenant_id, id, occurred_at, what) SELECT tenant_id, id, occurred_at, what FROM ledger.entries WHERE position = 1 AND tenant_id = 'a' ON CONFLICT DO NOTHING";
    let refused = run(&mut superuser, again).await.map_err(Error::from);
    refused!(refused, Error::UniqueViolation { constraint, .. } if constraint == "pk_entries");
    write(&ledger, "a", 2..3).await;
    let report = verified(&ledger, "a").await;
    assert_eq!((report.rows, report.fault), (3, None));
}

#[tokio::test]
async fn an_application_moves_the_head_of_its_own_tenant_alone() {
    let ledger = ledger().await;
    write(&ledger, "b", 0..2).await;
    let mut application = super::connect(&ledger, super::APPLICATION).await;
    let forge = "BEGIN; SELECT set_config('app.tenant_id', 'a', true); INSERT INTO ledger.entries (tenant_id, id, what) VALUES ('b', gen_random_uuid(), 'x')";
    assert_eq!(code(run(&mut application, forge).await), "42501");
    run(&mut application, "ROLLBACK").await.expect("ends");
    let unbound = "INSERT INTO ledger.entries (tenant_id, id, what) VALUES ('b', gen_random_uuid(), 'x')";
    assert_eq!(code(run(&mut application, unbound).await), "SD001");
    let report = verified(&ledger, "b").await;
    assert_eq!((report.rows, report.fault), (2, None));
}

#[tokio::test]
async fn after_an_unbound_insert_nothing_is_bound() {
    let ledger = ledger().await;
    let mut system = super::connect(&ledger, SYSTEM).await;
    run(&mut system, "BEGIN; INSERT INTO ledger.entries (tenant_id, id, what) VALUES ('a', gen_random_uuid(), 'x'), ('b', gen_random_uuid(), 'y')").await.expect("inserts");
    let bound: String = value(
        &mut system,
        "SELECT coalesce(current_setting('app.tenant_id', true), '')",
    )
    .await;
    assert_eq!(bound, "");
    run(&mut system, "COMMIT").await.expect("ends");
    for tenant in ["a", "b"] {
        assert_eq!(verified(&ledger, tenant).await.rows, 1);
    }
}

/// The rows of the system's own tenant: what was done, by whom, why.
async fn events(connection: &mut PgConnection) -> Vec<(String, String, String)> {
    sqlx::query_as("SELECT act, what, note FROM ledger.entries WHERE tenant_id = '@system' ORDER BY position")
        .fetch_all(connection)
        .await
        .expect("reads")
}

#[tokio::test]
async fn a_system_scope_leaves_its_evidence_in_the_chain() {
    let ledger = ledger().await;
    let system = ledger.db.system("quarterly audit").await.expect("opens");
    let mut superuser = ledger.superuser().await;
    let who = || ("stellaops_system".to_owned(), "quarterly audit".to_owned());
    let event = |act: &str| (act.to_owned(), who().0, who().1);
    assert_eq!(events(&mut superuser).await, [event("system_scope.opened")]);
    system.close().await.expect("closes");
    assert_eq!(
        events(&mut superuser).await,
        [event("system_scope.opened"), event("system_scope.closed")]
    );
    let same = "SELECT count(*) = 2 AND bool_and(about = (SELECT id::text FROM stellaops.system_access)) FROM ledger.entries WHERE tenant_id = '@system'";
    assert!(value::<bool>(&mut superuser, same).await);
    let system = ledger.db.system("verify").await.expect("opens");
    let reports = system
        .across_tenants::<EntryRepository>()
        .verify_chains()
        .await
        .expect("verifies");
    assert_eq!((reports.len(), reports[0].rows, reports[0].fault), (1, 3, None));
    system.close().await.expect("closes");
}

#[tokio::test]
async fn a_system_scope_whose_evidence_cannot_be_written_does_not_open() {
    let ledger = ledger().await;
    let mut superuser = ledger.superuser().await;
    run(
        &mut superuser,
        "ALTER TABLE ledger.entries ADD CONSTRAINT never CHECK (tenant_id <> '@system') NOT VALID",
    )
    .await
    .expect("alters");
    refused!(ledger.db.system("audit").await, Error::CheckViolation { constraint } if constraint == "never");
    assert_eq!(
        value::<i64>(&mut superuser, "SELECT count(*) FROM stellaops.system_access").await,
        0
    );
}

#[tokio::test]
async fn the_systems_evidence_is_bound_and_read_by_no_application() {
    assert!(TenantId::new("@system").is_err());
    let ledger = ledger().await;
    ledger
        .db
        .system("audit")
        .await
        .expect("opens")
        .close()
        .await
        .expect("closes");
    let mut application = super::connect(&ledger, super::APPLICATION).await;
    run(
        &mut application,
        "BEGIN; SELECT set_config('app.tenant_id', '@system', true)",
    )
    .await
    .expect("binds");
    for table in ["entries", "entry_heads"] {
        let seen = format!("SELECT count(*) FROM ledger.{table}");
        assert_eq!(value::<i64>(&mut application, seen).await, 0, "{table}");
    }
    let forge = "INSERT INTO ledger.entries (tenant_id, id, what) VALUES ('@system', gen_random_uuid(), 'x')";
    assert_eq!(code(run(&mut application, forge).await), "42501");
}
