//! Rows that are never deleted, and rows that are purged when their time is up.

use chrono::{TimeDelta, Utc};
use stellaops_db::__private::Table;
use stellaops_db::{Error, Id, Timestamp};
use stellaops_db_tests::ledger::{
    Contract, ContractRepository, Entry, EntryRepository, Notice, Visit, VisitRepository,
};

use super::{Ledger, connect};
use crate::support::*;

fn days_ago(days: i64, minutes: i64) -> Timestamp {
    Timestamp::new(Utc::now() - TimeDelta::days(days) + TimeDelta::minutes(minutes))
}

async fn visit(ledger: &Ledger, tenant: &str, visitor: &str, when: Timestamp) -> Id<Visit> {
    let visits = ledger.tenant(tenant).repository::<VisitRepository>();
    let row = Visit::new_row(visitor.to_owned()).visited_at(when);
    visits.insert(row).await.expect("inserts").id
}

#[tokio::test]
async fn rows_of_an_undeletable_table_are_deleted_by_nobody_and_still_change() {
    let ledger = Ledger::start().await;
    let contracts = ledger.tenant("a").repository::<ContractRepository>();
    let row = contracts
        .insert(Contract::new_row("rent".to_owned()))
        .await
        .expect("inserts");
    let patch = Contract::patch().title("rent, ended".to_owned());
    assert_eq!(
        contracts.update(row.id, patch).await.expect("updates").title,
        "rent, ended"
    );
    let mut superuser = ledger.superuser().await;
    for login in [super::APPLICATION, SYSTEM, "stellaops_migrator"] {
        let may = format!("SELECT has_table_privilege('{login}', 'ledger.contracts', 'DELETE')");
        let owns = login == "stellaops_migrator";
        assert_eq!(value::<bool>(&mut superuser, may).await, owns, "{login}");
    }
    for sql in ["DELETE FROM ledger.contracts", "TRUNCATE ledger.contracts"] {
        let error = run(&mut superuser, sql).await.expect_err("it is refused");
        let said = error.as_database_error().expect("the server says it");
        assert_eq!(said.code().as_deref(), Some("SD010"), "{said}");
        let verb = sql.split(' ').next().unwrap_or_default();
        assert_eq!(
            said.message(),
            format!("rows of ledger.contracts are not deleted: {verb} is refused")
        );
    }
}

#[tokio::test]
async fn a_purge_takes_the_oldest_rows_of_all_tenants_past_their_retention_and_no_other() {
    let ledger = Ledger::start().await;
    for tenant in ["a", "b"] {
        visit(&ledger, tenant, "oldest", days_ago(40, 0)).await;
        visit(&ledger, tenant, "old", days_ago(30, -5)).await;
        visit(&ledger, tenant, "kept", days_ago(30, 5)).await;
        visit(&ledger, tenant, "new", days_ago(0, 0)).await;
    }
    let system = ledger.db.system("retention").await.expect("opens");
    let visits = system.across_tenants::<VisitRepository>();
    assert_eq!(visits.purge(0).await.expect("purges"), 0);
    assert_eq!(visits.purge(2).await.expect("purges"), 2);
    let mut superuser = ledger.superuser().await;
    let left = "SELECT string_agg(tenant_id || ' ' || visitor, ', ' ORDER BY visited_at, tenant_id) FROM ledger.visits";
    let found: String = value(&mut superuser, left).await;
    assert!(found.starts_with("a old, b old, a kept, b kept"), "{found}");
    assert_eq!(visits.purge(100).await.expect("purges"), 2);
    assert_eq!(visits.purge(100).await.expect("purges"), 0);
    assert_eq!(visits.count([]).await.expect("counts"), 4);
    system.close().await.expect("closes");
}

/// The client's clock decides nothing.
#[tokio::test]
async fn the_age_is_that_of_the_databases_clock() {
    let ledger = Ledger::start().await;
    ledger.clock.advance(std::time::Duration::from_secs(400 * 86_400));
    visit(&ledger, "a", "new", days_ago(0, 0)).await;
    let system = ledger.db.system("retention").await.expect("opens");
    let purged = system.across_tenants::<VisitRepository>().purge(10).await;
    assert_eq!(purged.expect("purges"), 0);
    system.close().await.expect("closes");
}

#[tokio::test]
async fn rows_that_somebody_has_locked_are_passed_over() {
    let ledger = Ledger::start().await;
    for visitor in ["first", "second"] {
        visit(&ledger, "a", visitor, days_ago(50, 0)).await;
    }
    let mut other = ledger.superuser().await;
    run(
        &mut other,
        "BEGIN; SELECT FROM ledger.visits WHERE visitor = 'first' FOR UPDATE",
    )
    .await
    .expect("locks");
    let system = ledger.db.system("retention").await.expect("opens");
    let visits = system.across_tenants::<VisitRepository>();
    assert_eq!(visits.purge(10).await.expect("purges"), 1);
    run(&mut other, "ROLLBACK").await.expect("ends");
    assert_eq!(visits.purge(10).await.expect("purges"), 1);
    system.close().await.expect("closes");
}

#[tokio::test]
async fn facts_within_their_retention_are_deleted_and_changed_by_nobody() {
    let ledger = Ledger::start().await;
    let id = visit(&ledger, "a", "kept", days_ago(29, 0)).await;
    visit(&ledger, "a", "old", days_ago(31, 0)).await;
    let delete = format!("DELETE FROM ledger.visits WHERE id = '{id}'");
    let mut superuser = ledger.superuser().await;
    let mut system = connect(&ledger, SYSTEM).await;
    for connection in [&mut superuser, &mut system] {
        assert_eq!(code(run(connection, &delete).await), "SD011");
        assert_eq!(
            code(run(connection, "UPDATE ledger.visits SET visitor = 'x'").await),
            "SD003"
        );
    }
    assert_eq!(code(run(&mut superuser, "TRUNCATE ledger.visits").await), "SD003");
    let mut application = connect(&ledger, super::APPLICATION).await;
    assert_eq!(
        code(run(&mut application, "DELETE FROM ledger.visits").await),
        "42501"
    );
    let all = run(&mut superuser, "DELETE FROM ledger.visits")
        .await
        .map_err(Error::from);
    refused!(all, Error::Denied { message } if message == "rows of ledger.visits are kept for 30 days: DELETE is refused");
    assert_eq!(
        run(&mut system, "DELETE FROM ledger.visits WHERE visitor = 'old'")
            .await
            .expect("deletes"),
        1
    );
}

/// A purge reads its index from the oldest row on, and finds each row where it lies.
#[tokio::test]
async fn a_purge_reads_the_index_of_its_retention() {
    let ledger = Ledger::start().await;
    let fill = "INSERT INTO ledger.visits SELECT 't' || n % 50, gen_random_uuid(), 'v', now() - n * interval '1 hour' FROM generate_series(1, 5000) AS n; ANALYZE ledger.visits";
    let plan = plan_of_a_purge(&ledger, fill, <Visit as Table>::DESCRIPTOR.statements.purge).await;
    assert!(plan.contains("Index Scan using idx_visits_visited_at"), "{plan}");
    assert!(
        plan.contains("Tid Scan on visits") && !plan.contains("Seq Scan"),
        "{plan}"
    );
}

/// Of an outbox it asks for each event whether all consumers were given it.
#[tokio::test]
async fn a_purge_of_events_reads_the_index_of_their_retention() {
    let ledger = Ledger::start().await;
    let fill = "INSERT INTO ledger.notices (tenant_id, what, said_at) SELECT 't' || n % 50, 'v', now() - n * interval '1 hour' FROM generate_series(1, 5000) AS n; ANALYZE ledger.notices";
    let plan = plan_of_a_purge(&ledger, fill, <Notice as Table>::DESCRIPTOR.statements.purge).await;
    assert!(plan.contains("Index Scan using idx_notices_said_at"), "{plan}");
    assert!(
        plan.contains("Tid Scan on notices") && !plan.contains("Seq Scan on notices"),
        "{plan}"
    );
}

async fn plan_of_a_purge(ledger: &Ledger, fill: &str, purge: &str) -> String {
    let mut superuser = ledger.superuser().await;
    let prepare = format!("{fill}; SET plan_cache_mode = force_generic_plan; PREPARE purge AS {purge}");
    run(&mut superuser, prepare).await.expect("prepares");
    let lines: Vec<(String,)> = sqlx::query_as("EXPLAIN EXECUTE purge(100)")
        .fetch_all(&mut superuser)
        .await
        .expect("explains");
    lines.into_iter().map(|(line,)| line + "\n").collect()
}

#[tokio::test]
async fn a_row_whose_month_has_no_partition_is_told_as_that() {
    let ledger = Ledger::start().await;
    let entries = ledger.tenant("a").repository::<EntryRepository>();
    let far = Entry::new_row("far".to_owned()).occurred_at(days_ago(-130, 0));
    refused!(entries.insert(far).await, Error::NoPartition { table } if table == "ledger.entries");
    let near = Entry::new_row("near".to_owned()).occurred_at(days_ago(0, 0));
    let near = entries.insert(near).await.expect("inserts");
    assert_eq!(
        entries.get((near.occurred_at, near.id)).await.expect("reads"),
        Some(near)
    );
}

#[tokio::test]
async fn a_system_scope_maintains_partitions() {
    let ledger = Ledger::start().await;
    let mut superuser = ledger.superuser().await;
    let number = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'ledger.entries'::regclass";
    let last: String = value(
        &mut superuser,
        "SELECT max(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'ledger.entries'::regclass",
    )
    .await;
    run(&mut superuser, format!("DROP TABLE {last}"))
        .await
        .expect("drops");
    assert_eq!(value::<i64>(&mut superuser, number).await, 2);
    let system = ledger.db.system("months").await.expect("opens");
    let entries = system.across_tenants::<EntryRepository>();
    entries.maintain_partitions().await.expect("maintains");
    entries.maintain_partitions().await.expect("maintains");
    assert_eq!(value::<i64>(&mut superuser, number).await, 3);
    system.close().await.expect("closes");
}
