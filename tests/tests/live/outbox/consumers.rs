//! What is seen of a consumer, and who may touch it.

use std::sync::Arc;

use stellaops_db::outbox::{Event, Relay};
use stellaops_db::queue::Failure;
use stellaops_db::{Error, SystemScope};
use stellaops_db_tests::ledger::{Notice, NoticeRepository};
use tokio::sync::Notify;

use super::{REASON, Told, drain, write};
use crate::ledger::{Ledger, connect};
use crate::support::{SYSTEM, code, run, value};

async fn system(ledger: &Ledger) -> SystemScope {
    ledger.db.system("looks after consumers").await.expect("opens")
}

#[tokio::test]
async fn a_consumer_tells_how_far_it_is_can_be_set_back_and_forgotten() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1", "2", "3"]).await;
    let system = system(&ledger).await;
    let consumer = system.across_tenants::<NoticeRepository>().consumer("search");
    let consumer = consumer.expect("a name");
    assert_eq!(consumer.position().await.expect("reads"), None);
    assert!(!consumer.set(0).await.expect("writes"));
    let told = Told::default();
    drain(&ledger, &Relay::new("search"), &told).await;
    write(&ledger, "a", &["4"]).await;
    let position = consumer.position().await.expect("reads").expect("is known");
    assert_eq!(position.last - position.number, 1);
    assert!(consumer.set(position.number - 1).await.expect("writes"));
    drain(&ledger, &Relay::new("search"), &told).await;
    assert_eq!(told.of("a"), ["1", "2", "3", "3", "4"]);
    refused!(consumer.set(-1).await, Error::CheckViolation { .. });
    assert!(consumer.forget().await.expect("writes"));
    assert!(!consumer.forget().await.expect("writes"));
    assert_eq!(consumer.position().await.expect("reads"), None);
}

#[tokio::test]
async fn what_a_person_sets_while_events_are_delivered_holds() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1", "2"]).await;
    let told = Told::default();
    drain(&ledger, &Relay::new("search"), &told).await;
    write(&ledger, "a", &["3"]).await;
    let db = ledger.db.clone();
    let noted = told.clone();
    let handler = move |event: Event<Notice>| {
        noted.note(&event);
        let db = db.clone();
        async move {
            let system = db.system("sets it back").await?;
            let consumer = system.across_tenants::<NoticeRepository>().consumer("search")?;
            assert!(consumer.set(0).await?);
            Ok::<_, Failure>(())
        }
    };
    let report = Relay::new("search").drain(&ledger.db, REASON, handler).await;
    assert_eq!(report.expect("ends").delivered, 1);
    drain(&ledger, &Relay::new("search"), &told).await;
    assert_eq!(told.of("a"), ["1", "2", "3", "1", "2", "3"]);
}

#[tokio::test]
async fn two_programs_do_not_deliver_to_one_consumer_at_a_time() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1"]).await;
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let relay = Relay::new("search");
    let handler = {
        let (entered, leave) = (entered.clone(), leave.clone());
        move |_: Event<Notice>| {
            let (entered, leave) = (entered.clone(), leave.clone());
            async move {
                entered.notify_one();
                leave.notified().await;
                Ok::<_, Failure>(())
            }
        }
    };
    let told = Told::default();
    let first = relay.drain(&ledger.db, REASON, handler);
    let second = async {
        entered.notified().await;
        assert_eq!(drain(&ledger, &relay, &told).await, 0);
        // Another consumer has its own.
        assert_eq!(drain(&ledger, &Relay::new("mail"), &told).await, 1);
        leave.notify_one();
    };
    let (first, ()) = tokio::join!(first, second);
    assert_eq!(first.expect("delivers").delivered, 1);
    assert_eq!(drain(&ledger, &relay, &told).await, 0);
}

#[tokio::test]
async fn handlers_work_in_the_scope_of_their_events_tenant() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1", "2"]).await;
    write(&ledger, "b", &["1", "2"]).await;
    let handler = async |event: Event<Notice>| {
        let seen = event.scope().repository::<NoticeRepository>().count([]).await?;
        assert_eq!((seen, event.tenant()), (2, &event.tenant_id));
        assert_eq!(event.number(), event.id);
        Ok::<_, Failure>(())
    };
    let report = Relay::new("search").drain(&ledger.db, REASON, handler).await;
    assert_eq!(report.expect("delivers").delivered, 4);
    let evidence = format!(
        "SELECT count(*) FROM stellaops.system_access WHERE reason = '{REASON}' AND ended_at IS NOT NULL AND statements > 0"
    );
    assert_eq!(value::<i64>(&mut ledger.superuser().await, evidence).await, 1);
}

#[tokio::test]
async fn a_consumer_without_a_name_is_refused() {
    let ledger = Ledger::start().await;
    let handler = async |_: Event<Notice>| Ok::<_, Failure>(());
    let report = Relay::new(" ").drain(&ledger.db, REASON, handler).await;
    refused!(report, Error::ConsumerName { name } if name == " ");
}

#[tokio::test]
async fn only_the_systems_login_sees_consumers() {
    let ledger = Ledger::start().await;
    write(&ledger, "a", &["1"]).await;
    drain(&ledger, &Relay::new("search"), &Told::default()).await;
    for table in ["outbox_consumers", "outbox_held_tenants"] {
        let sql = format!("SELECT * FROM stellaops.{table}");
        let mut application = connect(&ledger, crate::ledger::APPLICATION).await;
        assert_eq!(code(run(&mut application, sql.clone()).await), "42501");
        let mut system = connect(&ledger, SYSTEM).await;
        run(&mut system, sql).await.expect("reads");
    }
}
