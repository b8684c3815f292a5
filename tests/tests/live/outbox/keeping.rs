//! Events past their retention stay until every consumer was given them.

use chrono::{TimeDelta, Utc};
use stellaops_db::Timestamp;
use stellaops_db::outbox::{Event, Relay};
use stellaops_db::queue::Failure;
use stellaops_db_tests::ledger::{Notice, NoticeRepository};

use super::{REASON, Told, drain};
use crate::ledger::Ledger;
use crate::support::tenant;

/// Writes notices of a tenant that are past their retention.
async fn write_old(ledger: &Ledger, tenant: &str, whats: &[&str]) {
    let notices = ledger.tenant(tenant).repository::<NoticeRepository>();
    let long_ago = Timestamp::new(Utc::now() - TimeDelta::days(50));
    for what in whats {
        let row = Notice::new_row((*what).to_owned()).said_at(long_ago);
        notices.insert(row).await.expect("inserts");
    }
}

async fn purge(ledger: &Ledger) -> u64 {
    let system = ledger.db.system("retention").await.expect("opens");
    let purged = system.across_tenants::<NoticeRepository>().purge(100).await;
    system.close().await.expect("closes");
    purged.expect("purges")
}

async fn forget(ledger: &Ledger, consumer: &str) {
    let system = ledger.db.system("it is no more").await.expect("opens");
    let notices = system.across_tenants::<NoticeRepository>();
    let forgotten = notices.consumer(consumer).expect("a name").forget().await;
    assert!(forgotten.expect("forgets"));
    system.close().await.expect("closes");
}

#[tokio::test]
async fn an_event_that_a_consumer_is_still_to_be_given_is_not_purged() {
    let ledger = Ledger::start().await;
    let (search, mail) = (Relay::new("search"), Relay::new("mail"));
    let (told, mailed) = (Told::default(), Told::default());
    write_old(&ledger, "a", &["1", "2"]).await;
    assert_eq!(drain(&ledger, &search, &told).await, 2);
    assert_eq!(drain(&ledger, &mail, &mailed).await, 2);
    write_old(&ledger, "b", &["3"]).await;
    assert_eq!(drain(&ledger, &search, &told).await, 1);
    assert_eq!(purge(&ledger).await, 2);
    assert_eq!(purge(&ledger).await, 0);
    assert_eq!(drain(&ledger, &mail, &mailed).await, 1);
    assert_eq!(purge(&ledger).await, 1);
    assert_eq!(told.all(), mailed.all());
}

#[tokio::test]
async fn of_a_tenant_that_is_held_back_what_waits_is_not_purged() {
    let ledger = Ledger::start().await;
    write_old(&ledger, "a", &["1", "bad", "2"]).await;
    write_old(&ledger, "b", &["3"]).await;
    let search = Relay::new("search");
    let refusing = search.drain(&ledger.db, REASON, async |event: Event<Notice>| {
        match event.what.as_str() {
            "bad" => Err(Failure::new("no").for_good()),
            _ => Ok(()),
        }
    });
    assert_eq!(refusing.await.expect("delivers").delivered, 2);
    assert_eq!(purge(&ledger).await, 2);
    let system = ledger.db.system("tries again").await.expect("opens");
    let consumer = system.across_tenants::<NoticeRepository>().consumer("search");
    let again = consumer.expect("a name").try_again(&tenant("a")).await;
    assert!(again.expect("says so"));
    system.close().await.expect("closes");
    let told = Told::default();
    assert_eq!(drain(&ledger, &search, &told).await, 2);
    assert_eq!(told.of("a"), ["bad", "2"]);
    assert_eq!(purge(&ledger).await, 2);
}

#[tokio::test]
async fn a_consumer_that_is_forgotten_keeps_nothing() {
    let ledger = Ledger::start().await;
    let told = Told::default();
    write_old(&ledger, "a", &["1"]).await;
    drain(&ledger, &Relay::new("search"), &told).await;
    drain(&ledger, &Relay::new("mail"), &told).await;
    write_old(&ledger, "a", &["2"]).await;
    drain(&ledger, &Relay::new("search"), &told).await;
    assert_eq!(purge(&ledger).await, 1);
    forget(&ledger, "mail").await;
    assert_eq!(purge(&ledger).await, 1);
}
