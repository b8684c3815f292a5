//! Each event once where nothing fails, those of a tenant in their order, and none is passed by.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Row as _};
use stellaops_db::__private::Table as _;
use stellaops_db::outbox::Relay;
use stellaops_db_tests::ledger::{Contract, ContractRepository, Notice, NoticeRepository};

use super::{Told, drain, write};
use crate::ledger::Ledger;
use crate::support::{run, value};

#[tokio::test]
async fn events_of_all_tenants_are_delivered_once_those_of_each_in_their_order() {
    let ledger = Ledger::start().await;
    for round in 0..7 {
        for tenant in ["a", "b", "c"] {
            let what = format!("{round}");
            write(&ledger, tenant, &[&what]).await;
        }
    }
    let told = Told::default();
    let relay = Relay::new("search").batch(4).concurrency(3);
    assert_eq!(drain(&ledger, &relay, &told).await, 21);
    write(&ledger, "b", &["7"]).await;
    assert_eq!(drain(&ledger, &relay, &told).await, 1);
    assert_eq!(drain(&ledger, &relay, &told).await, 0);
    for (tenant, last) in [("a", 7), ("b", 8), ("c", 7)] {
        let wanted: Vec<String> = (0..last).map(|number| number.to_string()).collect();
        assert_eq!(told.of(tenant), wanted, "{tenant}");
    }
}

#[tokio::test]
async fn a_consumer_has_a_place_of_its_own() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1", "2"]).await;
    let (search, mail) = (Told::default(), Told::default());
    assert_eq!(drain(&ledger, &Relay::new("search"), &search).await, 2);
    write(&ledger, "a", &["3"]).await;
    assert_eq!(drain(&ledger, &Relay::new("mail").from_now(), &mail).await, 0);
    write(&ledger, "a", &["4"]).await;
    assert_eq!(drain(&ledger, &Relay::new("search"), &search).await, 2);
    assert_eq!(drain(&ledger, &Relay::new("mail").from_now(), &mail).await, 1);
    assert_eq!(search.of("a"), ["1", "2", "3", "4"]);
    assert_eq!(mail.of("a"), ["4"]);
}

#[tokio::test]
async fn what_was_rolled_back_never_happened() {
    let ledger = Ledger::start().await;
    let transaction = ledger.tenant("a").begin().await.expect("begins");
    let notices = transaction.repository::<NoticeRepository>();
    let row = Notice::new_row("undone".to_owned());
    notices.insert(row).await.expect("inserts");
    transaction.rollback().await.expect("rolls back");
    write(&ledger, "a", &["done"]).await;
    let told = Told::default();
    assert_eq!(drain(&ledger, &Relay::new("search"), &told).await, 1);
    assert_eq!(told.of("a"), ["done"]);
}

#[tokio::test]
async fn an_event_that_is_committed_later_than_its_follower_is_waited_for() {
    let ledger = Ledger::start().await;
    for tenants in [["a", "a"], ["b", "c"]] {
        let transaction = ledger.tenant(tenants[0]).begin().await.expect("begins");
        let row = Notice::new_row("numbered first".to_owned());
        let notices = transaction.repository::<NoticeRepository>();
        notices.insert(row).await.expect("inserts");
        write(&ledger, tenants[1], &["committed first"]).await;
        let told = Told::default();
        let (relay, nothing) = (Relay::new("search"), told.clone());
        let drained = async { drain(&ledger, &relay, &told).await };
        let committed = async {
            // Long enough for a relay that does not wait to be through.
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(nothing.all(), []);
            transaction.commit().await.expect("commits");
        };
        assert_eq!(tokio::join!(drained, committed).0, 2);
        let wanted = [(tenants[0], "numbered first"), (tenants[1], "committed first")];
        for (tenant, what) in wanted {
            assert!(told.of(tenant).contains(&what.to_owned()), "{told:?}");
        }
        if tenants[0] == tenants[1] {
            assert_eq!(told.of(tenants[0]), ["numbered first", "committed first"]);
        }
    }
}

#[tokio::test]
async fn a_transaction_that_writes_no_event_holds_none_back() {
    let ledger = Ledger::start().await;
    let transaction = ledger.tenant("a").begin().await.expect("begins");
    let contracts = transaction.repository::<ContractRepository>();
    let row = Contract::new_row("rent".to_owned());
    contracts.insert(row).await.expect("inserts");
    // It has even read the events.
    let notices = transaction.repository::<NoticeRepository>();
    assert_eq!(notices.count([]).await.expect("counts"), 0);
    write(&ledger, "a", &["1"]).await;
    let told = Told::default();
    assert_eq!(drain(&ledger, &Relay::new("search"), &told).await, 1);
    transaction.commit().await.expect("commits");
}

#[tokio::test]
async fn an_effect_comes_behind_its_cause_whichever_transaction_began_first() {
    let ledger = Ledger::start().await;
    let contracts = ledger.tenant("a").repository::<ContractRepository>();
    let row = Contract::new_row("rent".to_owned());
    let contract = contracts.insert(row).await.expect("inserts").id;
    // The older transaction has a number before the younger one begins, and writes behind it.
    let older = ledger.tenant("a").begin().await.expect("begins");
    let row = Contract::new_row("of the older one".to_owned());
    let other = older.repository::<ContractRepository>().insert(row).await;
    other.expect("inserts");
    let younger = ledger.tenant("a").begin().await.expect("begins");
    for (transaction, title) in [(younger, "cause"), (older, "effect")] {
        let patch = Contract::patch().title(title.to_owned());
        let contracts = transaction.repository::<ContractRepository>();
        contracts.update(contract, patch).await.expect("updates");
        let notices = transaction.repository::<NoticeRepository>();
        let row = Notice::new_row(title.to_owned());
        notices.insert(row).await.expect("inserts");
        transaction.commit().await.expect("commits");
    }
    let told = Told::default();
    assert_eq!(drain(&ledger, &Relay::new("search"), &told).await, 2);
    assert_eq!(told.of("a"), ["cause", "effect"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_at_once_are_told_of_in_full() {
    let ledger = Ledger::start().await;
    let writers = (0..6).map(|writer| {
        let scope = ledger.tenant(&format!("t{}", writer % 3));
        tokio::spawn(async move {
            for number in 0..30 {
                let transaction = scope.begin().await.expect("begins");
                let notices = transaction.repository::<NoticeRepository>();
                let row = Notice::new_row(format!("{writer}-{number}"));
                notices.insert(row).await.expect("inserts");
                // Others take greater numbers meanwhile, and commit first.
                tokio::time::sleep(Duration::from_millis(number * 7 % 5)).await;
                if number % 5 == 4 {
                    transaction.rollback().await.expect("rolls back");
                } else {
                    transaction.commit().await.expect("commits");
                }
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let told = Told::default();
    let relay = Relay::new("search").batch(7).concurrency(2);
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        drain(&ledger, &relay, &told).await;
    }
    for writer in writers {
        writer.await.expect("writes");
    }
    drain(&ledger, &relay, &told).await;
    assert_eq!(told.len(), 6 * 24);
    let mut superuser = ledger.superuser().await;
    for tenant in ["t0", "t1", "t2"] {
        let sql =
            format!("SELECT array_agg(what ORDER BY id) FROM ledger.notices WHERE tenant_id = '{tenant}'");
        assert_eq!(told.of(tenant), value::<Vec<String>>(&mut superuser, sql).await);
    }
}

#[tokio::test]
async fn events_are_read_through_the_index_of_their_numbers() {
    let ledger = Ledger::start().await;
    let mut superuser = ledger.superuser().await;
    let fill = "INSERT INTO ledger.notices (tenant_id, what) SELECT 't' || number % 100, 'x' FROM generate_series(1, 50000) AS number";
    run(&mut superuser, fill).await.expect("fills");
    run(&mut superuser, "ANALYZE ledger.notices")
        .await
        .expect("analyzes");
    let outbox = Notice::DESCRIPTOR.statements.outbox.expect("it is an outbox");
    let reads = [
        (outbox.last, "", ""),
        (
            outbox.events,
            "(bigint, bigint, text[], bigint)",
            "(25000, 50000, '{t1,t2}', 100)",
        ),
        (
            outbox.events_of_tenant,
            "(text, bigint, bigint, bigint)",
            "('t1', 25000, 50000, 100)",
        ),
    ];
    for mode in ["force_generic_plan", "force_custom_plan"] {
        for (sql, types, values) in &reads {
            let explain = format!(
                "SET plan_cache_mode = {mode}; PREPARE read {types} AS {sql}; EXPLAIN (COSTS OFF) EXECUTE read {values}; DEALLOCATE read"
            );
            let lines = sqlx::raw_sql(AssertSqlSafe(explain))
                .fetch_all(&mut superuser)
                .await;
            let lines = lines
                .expect("explains")
                .into_iter()
                .map(|line| line.get::<String, _>(0));
            let plan = lines.collect::<Vec<_>>().join("\n");
            let (scan, sorts) = ("on notices", plan.matches("Sort Key: notices").count());
            let by_index = plan
                .lines()
                .filter(|line| line.contains(scan) && line.contains("Index"))
                .count();
            assert_eq!(
                (plan.matches(scan).count(), by_index, sorts),
                (1, 1, 0),
                "{mode}\n{sql}\n{plan}"
            );
        }
    }
}
