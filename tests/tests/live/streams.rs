//! Streams: all rows of a list, one by one, and what happens when nobody wants the rest.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::Peer;
use stellaops_db::{Error, TenantScope};

use crate::samples::*;
use crate::support::*;

/// So many that the server cannot send them all ahead of who reads them.
const MANY: u32 = 20_000;

async fn fill_many(scope: &TenantScope, number: u32) {
    let jobs = scope.repository::<GraphJobRepository>();
    for batch in (0..number).step_by(1_000) {
        let rows = (batch..number.min(batch + 1_000)).map(queued);
        jobs.insert_many(rows).await.expect("inserts");
    }
}

/// To begin without a time limit, the rows, the end: however many rows there are.
#[tokio::test]
async fn a_stream_is_three_exchanges_and_gives_every_row_in_order() {
    let fixture = Fixture::start().await;
    fill_many(&fixture.tenant("a"), 2_500).await;
    fill_many(&fixture.tenant("b"), 10).await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let jobs = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    jobs.list_by_newest()
        .stream()
        .try_collect::<Vec<_>>()
        .await
        .expect("streams");
    proxy.reset_counts();
    let rows: Vec<GraphJob> = jobs
        .list_by_newest()
        .stream()
        .try_collect()
        .await
        .expect("streams");
    assert_eq!(proxy.count(Peer::Backend, b'Z'), 3);
    assert_eq!(rows.len(), 2_500);
    assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse((row.created_at, row.id))));
    assert!(rows.iter().all(|row| row.tenant_id == tenant("a")));
    let some: Vec<GraphJob> = jobs
        .list_by_newest()
        .limit(1_201)
        .stream()
        .try_collect()
        .await
        .expect("streams");
    assert_eq!(some, rows[..1_201]);
    let page = jobs.list_by_newest().limit(700).await.expect("lists");
    let next = page.next.expect("there is more");
    let rest = jobs
        .list_by_newest()
        .at(next)
        .stream()
        .try_collect::<Vec<_>>()
        .await
        .expect("streams");
    assert_eq!(rest, rows[700..]);
}

/// The server stops, the only connection is replaced, and the next call is served.
#[tokio::test]
async fn a_stream_that_is_dropped_stops_the_server_and_leaves_the_pool_healthy() {
    let fixture = Fixture::start().await;
    fill_many(&fixture.tenant("a"), MANY).await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let jobs = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    for taken in [0, 1, 100] {
        proxy.reset_counts();
        let mut rows = jobs.list_by_newest().stream();
        for _ in 0..taken {
            rows.next().await.expect("there is more").expect("a row");
        }
        drop(rows);
        let next = tokio::time::timeout(Duration::from_secs(20), jobs.list_by_newest().limit(3));
        assert_eq!(next.await.expect("is served").expect("lists").rows.len(), 3);
        let sent = proxy.count(Peer::Backend, b'D');
        assert!(sent < u64::from(MANY), "{taken} taken, {sent} sent");
    }
}

#[tokio::test]
async fn whoever_reads_slowly_is_not_read_ahead_for() {
    let fixture = Fixture::start().await;
    fill_many(&fixture.tenant("a"), MANY).await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let jobs = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let mut rows = jobs.list_by_newest().stream();
    rows.next().await.expect("there is more").expect("a row");
    tokio::time::sleep(Duration::from_millis(500)).await;
    let sent = proxy.count(Peer::Backend, b'D');
    assert!(sent < u64::from(MANY), "{sent} rows are on their way to nobody");
    let rest = rows
        .try_fold(0_u32, async |number, _| Ok(number + 1))
        .await
        .expect("streams");
    assert_eq!(rest, MANY - 1);
}

#[tokio::test]
async fn in_a_transaction_other_operations_go_on_between_the_rows_of_a_stream() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    fill_many(&scope, 2_100).await;
    let transaction = scope.begin().await.expect("begins");
    let jobs = transaction.repository::<GraphJobRepository>();
    let mut number = 0;
    let mut rows = jobs.list_by_newest().stream();
    while let Some(row) = rows.try_next().await.expect("streams") {
        if number % 700 == 0 {
            assert!(jobs.exists(row.id).await.expect("looks"));
        }
        number += 1;
    }
    assert_eq!(number, 2_100);
    let some: Vec<_> = jobs
        .list_by_newest()
        .limit(1_050)
        .stream()
        .try_collect()
        .await
        .expect("streams");
    assert_eq!(some.len(), 1_050);
    drop(jobs.list_by_newest().stream());
    let mut left = jobs.list_by_newest().stream();
    left.next().await.expect("there is more").expect("a row");
    drop(left);
    transaction
        .commit()
        .await
        .expect("a stream that is left spoils nothing");
}

#[tokio::test]
async fn a_stream_says_when_its_connection_is_lost_and_never_ends_as_if_it_were_whole() {
    let fixture = Fixture::start().await;
    fill_many(&fixture.tenant("a"), MANY).await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let jobs = db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let mut rows = jobs.list_by_newest().stream();
    rows.next().await.expect("there is more").expect("a row");
    proxy.cut();
    let rest: Result<Vec<_>, Error> = rows.try_collect().await;
    refused!(rest, Error::Connection(_));
}

/// A consumer that takes its time is no statement that hangs.
#[tokio::test]
async fn a_stream_outlasts_the_time_limit_of_statements() {
    let fixture = Fixture::with(|config| config.with_statement_timeout(Duration::from_millis(300))).await;
    let scope = fixture.tenant("a");
    fill_many(&scope, MANY).await;
    let jobs = scope.repository::<GraphJobRepository>();
    let mut stream = jobs.list_by_newest().stream();
    let mut rows = 0;
    while let Some(row) = stream.next().await {
        row.expect("goes on");
        if rows == 0 {
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
        rows += 1;
    }
    assert_eq!(rows, MANY);
    if is_pooled("the time limit of a session") {
        return;
    }
    // The limit holds for the next statement of the same connection.
    let slow = scope.query("SELECT count(*) FROM pg_sleep(5)").one::<(i64,)>();
    refused!(slow.await, Error::Cancelled { .. });
}
