//! Every verb is one network exchange.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;
use stellaops_db::__private::Table;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::Peer;

use crate::support::*;
use crate::verbs::{Verb, verbs};

const READY_FOR_QUERY: u8 = b'Z';

#[tokio::test]
async fn each_verb_of_each_table_is_one_exchange_in_any_order() {
    for connections in [1, 2] {
        let fixture = Fixture::start().await;
        let (db, proxy) = fixture.through_proxy(connections).await;
        let (scope, setup) = (db.tenant(&tenant("a")), fixture.tenant("a"));
        let mut numbers = Numbers(7);
        for Verb { run, .. } in verbs(&scope, &setup, 0).await {
            run.await;
        }
        let mut rounds = Vec::new();
        for round in 1..4 {
            let mut round = verbs(&scope, &setup, round).await;
            numbers.shuffle(&mut round);
            rounds.extend(round);
        }
        let names: BTreeSet<_> = rounds.iter().map(|verb| (verb.table, verb.name)).collect();
        assert!(names.len() > 80, "{names:?}");
        proxy.reset_counts();
        let number = rounds.len() as u64;
        for (position, Verb { table, name, run }) in rounds.into_iter().enumerate() {
            run.await;
            let seen = proxy.snapshot();
            let expected = position as u64 + 1;
            assert_eq!(
                (proxy.count(Peer::Backend, READY_FOR_QUERY), seen.exchanges),
                (expected, expected),
                "{table}: {name}: {seen}"
            );
        }
        let seen = proxy.snapshot();
        assert_eq!(proxy.count(Peer::Frontend, b'P'), 0, "all was prepared: {seen}");
        assert_eq!(
            proxy.count(Peer::Frontend, b'S'),
            number,
            "no signs of life: {seen}"
        );
        assert_eq!(
            proxy.connections(),
            3,
            "the first one asks who we are, the second whether a pooler is in between; one serves all"
        );
    }
}

#[tokio::test]
async fn there_are_more_statements_than_a_driver_keeps_by_default() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let scope = fixture.tenant("a");
    for Verb { run, .. } in verbs(&scope, &scope, 0).await {
        run.await;
    }
    let mut connection = pool.acquire().await.expect("a connection");
    let prepared: i64 = value(&mut connection, "SELECT count(*) FROM pg_prepared_statements").await;
    assert!(prepared > 100, "{prepared}");
}

/// Exchanges of a transaction: its begin, its verbs, its end.
#[tokio::test]
async fn a_transaction_adds_two_exchanges() {
    let fixture = Fixture::start().await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let scope = db.tenant(&tenant("a"));
    for _ in 0..2 {
        proxy.reset_counts();
        let transaction = scope.begin().await.expect("begins");
        let jobs = transaction.repository::<GraphJobRepository>();
        for _ in 0..3 {
            jobs.count([]).await.expect("counts");
        }
        transaction.commit().await.expect("commits");
    }
    // The pool asks for a sign of life when it gets the connection back, off the caller's path.
    let ready = proxy.count(Peer::Backend, READY_FOR_QUERY);
    assert!((5..=6).contains(&ready), "{}", proxy.snapshot());
}

/// After any verb nothing is bound on its connection.
#[tokio::test]
async fn an_unscoped_statement_after_any_verb_fails_where_a_row_would_be_looked_at() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let setup_pool = one_connection(fixture.database.connect_options_as(APPLICATION)).await;
    let setup = stellaops_db::Database::from_pool(setup_pool, []).await;
    let setup = setup.expect("is walled off").tenant(&tenant("a"));
    let scope = fixture.tenant("a");
    let mut seen = BTreeMap::new();
    for Verb { table, name, run } in verbs(&scope, &setup, 0).await {
        // One table of each verb: the connection comes back to the pool after a rest.
        if seen.insert(name, table).is_some() {
            continue;
        }
        run.await;
        let mut connection = pool.acquire().await.expect("the connection");
        assert_unbound(&mut connection, table).await;
    }
    assert!(seen.len() >= 16, "{seen:?}");
}

/// No tenant is bound, and says so wherever there is a row to look at.
pub(crate) async fn assert_unbound(connection: &mut PgConnection, table: &str) {
    let bound: String = value(
        &mut *connection,
        "SELECT coalesce(current_setting('app.tenant_id', true), '')",
    )
    .await;
    assert_eq!(bound, "");
    let sql = format!("SELECT count(*) FROM scheduler.{table}");
    assert_eq!(code(run(connection, sql).await), "SD001", "{table}");
}

#[tokio::test]
async fn where_no_row_is_looked_at_there_is_nothing_to_see() {
    let fixture = Fixture::start().await;
    crate::samples::fill(&fixture.tenant("a"), 0).await;
    let mut connection = fixture.application().await;
    let table = GraphJob::DESCRIPTOR.qualified;
    for rest in ["WHERE false", "LIMIT 0"] {
        let rows = run(&mut connection, format!("SELECT * FROM {table} {rest}")).await;
        assert_eq!(rows.expect("an answer"), 0);
    }
}
