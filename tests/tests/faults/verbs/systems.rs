//! Work across tenants and on global tables, and outboxes.

use std::time::Duration;

use stellaops_db::Timestamp;
use stellaops_db::outbox::{Event, Relay};
use stellaops_db::queue::Failure;
use stellaops_db::schema::scheduler::*;
use stellaops_db_tests::ledger::{Entry, EntryRepository, Notice, NoticeRepository, Visit, VisitRepository};
use stellaops_db_tests::library::{Book, BookRepository};

use super::new_jobs;
use crate::stage::{
    Effect::{self, Reads},
    Stage, Verb, new_job,
};

/// Whether the evidence of the scope has its end.
const EVIDENCE: Effect = Effect::Writes {
    look: "SELECT count(*) FROM stellaops.system_access WHERE reason = $1 AND statements > 0",
    before: 0,
    after: 1,
};

const BOOKS: Effect = Effect::Writes {
    look: "SELECT count(*) FROM library.books WHERE title = $1",
    before: 0,
    after: 2,
};

/// How many visits past their retention are left.
const VISITS: Effect = Effect::Writes {
    look: "SELECT count(*) FROM ledger.visits WHERE tenant_id = $1",
    before: 2,
    after: 0,
};

/// Whether the consumer was given all events of the tenant's.
const DELIVERED: Effect = Effect::Writes {
    look: "SELECT count(*) FROM stellaops.outbox_consumers WHERE consumer = $1 \
        AND position >= (SELECT max(id) FROM ledger.notices WHERE tenant_id = $1)",
    before: 0,
    after: 1,
};

/// How many tenants wait for the consumer's next attempt, which is due.
const DUE: Effect = Effect::Writes {
    look: "SELECT count(*) FROM stellaops.outbox_held_tenants WHERE consumer = $1 AND try_again_at <= now()",
    before: 0,
    after: 1,
};

/// Where the consumer is, or behind the last number when it is not there.
const fn position(before: i64, after: i64) -> Effect {
    Effect::Writes {
        look: "SELECT coalesce((SELECT least(position, 1) FROM stellaops.outbox_consumers WHERE consumer = $1), -1)",
        before,
        after,
    }
}

/// How many tenants wait at the number of their event, which is theirs no more when it was passed over.
const PASSED: Effect = Effect::Writes {
    look: "SELECT count(*) FROM stellaops.outbox_held_tenants WHERE consumer = $1 \
        AND position < (SELECT max(id) FROM ledger.notices WHERE tenant_id = $1)",
    before: 1,
    after: 0,
};

pub(super) fn verbs() -> Vec<Verb> {
    let mut verbs = scopes();
    verbs.extend(across());
    verbs.extend(relays());
    verbs.extend(consumers());
    verbs
}

fn scopes() -> Vec<Verb> {
    vec![
        verb!(
            "the evidence of a system scope",
            ["database.rs system", "scope/system.rs close"],
            EVIDENCE,
            |stage| {
                let (db, reason) = (stage.db.clone(), stage.tenant.to_string());
                async move {
                    let system = db.system(&reason).await?;
                    system.across_tenants::<GraphJobRepository>().count([]).await?;
                    system.close().await
                }
            }
        ),
        verb!("a tenant's rows as the system login", [], new_jobs(1), |stage| {
            let (system, tenant) = (stage.system.clone(), stage.tenant.clone());
            async move {
                let jobs = system.tenant(&tenant).repository::<GraphJobRepository>();
                jobs.insert(new_job()).await.map(drop)
            }
        }),
        verb!(
            "a transaction on global tables",
            ["scope/system.rs begin", "scope/system_transaction.rs commit"],
            BOOKS,
            |stage| {
                let (system, title) = (stage.system.clone(), stage.tenant.to_string());
                async move {
                    let transaction = system.begin().await?;
                    let books = transaction.repository::<BookRepository>();
                    for number in ["1", "2"] {
                        let number = format!("{number} {title}");
                        books.insert(Book::new_row(number, title.clone())).await?;
                    }
                    transaction.commit().await
                }
            }
        ),
        verb!(
            "a transaction on global tables that is rolled back",
            ["scope/system_transaction.rs rollback"],
            Reads,
            |stage| {
                let (system, title) = (stage.system.clone(), stage.tenant.to_string());
                async move {
                    let transaction = system.begin().await?;
                    let books = transaction.repository::<BookRepository>();
                    books.insert(Book::new_row(title.clone(), title)).await?;
                    transaction.rollback().await
                }
            }
        ),
        verb!(
            "an advisory lock that is no tenant's",
            [],
            Effect::Holds,
            |stage| {
                let (system, name) = (stage.system.clone(), stage.tenant.to_string());
                async move {
                    let lock = system.try_lock(&name).await?;
                    lock.expect("nobody has it").release().await?;
                    let lock = system.lock(&name, Duration::from_secs(9)).await?;
                    lock.release().await
                }
            }
        ),
    ]
}

fn across() -> Vec<Verb> {
    vec![
        verb!("all consumers", ["outbox/known.rs consumers"], Reads, |stage| {
            let system = stage.system.clone();
            async move { system.consumers().await.map(drop) }
        }),
        verb!(
            "count across tenants",
            ["repository/system.rs count"],
            Reads,
            |stage| {
                let system = stage.system.clone();
                async move {
                    system
                        .across_tenants::<TriggerRepository>()
                        .count([])
                        .await
                        .map(drop)
                }
            }
        ),
        verb!("list across tenants", [], Reads, |stage| {
            let system = stage.system.clone();
            async move {
                let triggers = system.across_tenants::<TriggerRepository>();
                triggers.list(Trigger::BY_NEXT_FIRE_EVERYWHERE).await.map(drop)
            }
        }),
        verb!("purge", ["repository/system.rs purge"], VISITS, |stage| {
            let long_ago = Timestamp::new(chrono::Utc::now() - chrono::TimeDelta::days(60));
            let visits = stage.past::<VisitRepository>();
            let rows = ["one", "two"].map(|who| Visit::new_row(who.into()).visited_at(long_ago));
            visits.insert_many(rows).await.expect("inserts");
            let system = stage.system.clone();
            async move {
                system
                    .across_tenants::<VisitRepository>()
                    .purge(1_000)
                    .await
                    .map(drop)
            }
        }),
        verb!(
            "verify all chains",
            ["repository/system.rs verify_chains"],
            Reads,
            |stage| {
                let system = stage.system.clone();
                async move {
                    let reports = system.across_tenants::<EntryRepository>().verify_chains().await?;
                    assert!(reports.iter().all(|report| report.fault.is_none()));
                    Ok(())
                }
            }
        ),
        verb!(
            "verify a chain",
            ["repository/system.rs verify_chain"],
            Reads,
            |stage| {
                let (system, tenant) = (stage.system.clone(), stage.tenant.clone());
                let entries = stage.past::<EntryRepository>();
                entries
                    .insert(Entry::new_row("one".into()))
                    .await
                    .expect("inserts");
                async move {
                    let report = system
                        .across_tenants::<EntryRepository>()
                        .verify_chain(&tenant)
                        .await?;
                    assert!(report.fault.is_none());
                    Ok(())
                }
            }
        ),
        verb!(
            "maintain partitions",
            ["repository/system.rs maintain_partitions"],
            Reads,
            |stage| {
                let system = stage.system.clone();
                async move {
                    system
                        .across_tenants::<EntryRepository>()
                        .maintain_partitions()
                        .await
                }
            }
        ),
    ]
}

fn relays() -> Vec<Verb> {
    vec![
        verb!(
            "a relay that drains",
            ["outbox/relay.rs drain"],
            DELIVERED,
            |stage| {
                consumer_with_an_event(stage, false).await;
                let (db, relay) = (stage.db.clone(), relay(stage));
                async move { relay.drain(&db, "delivers", take).await.map(drop) }
            }
        ),
        verb!("a relay", ["outbox/relay.rs run"], DELIVERED, |stage| {
            consumer_with_an_event(stage, false).await;
            let (db, relay, past) = (stage.db.clone(), relay(stage), stage.past.clone());
            let name = stage.tenant.to_string();
            async move {
                let all_delivered = async {
                    let system = past.system("looks").await.expect("opens");
                    let consumer = system.across_tenants::<NoticeRepository>().consumer(&name);
                    let consumer = consumer.expect("a name");
                    while consumer
                        .position()
                        .await
                        .is_ok_and(|at| at.is_some_and(|at| at.number < at.last))
                    {
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                };
                relay.run(&db, "delivers", all_delivered, take).await.map(drop)
            }
        }),
    ]
}

fn consumers() -> Vec<Verb> {
    vec![
        verb!(
            "look at a consumer",
            ["outbox/consumer.rs position", "outbox/consumer.rs held"],
            Reads,
            |stage| {
                consumer_with_an_event(stage, true).await;
                let (system, name) = (stage.system.clone(), stage.tenant.to_string());
                async move {
                    let consumer = system.across_tenants::<NoticeRepository>().consumer(&name)?;
                    assert!(consumer.position().await?.is_some());
                    consumer.held().await.map(|held| assert_eq!(held.len(), 1))
                }
            }
        ),
        verb!(
            "try an event again",
            ["outbox/consumer.rs try_again"],
            DUE,
            |stage| {
                consumer_with_an_event(stage, true).await;
                let (system, tenant) = (stage.system.clone(), stage.tenant.clone());
                let name = tenant.to_string();
                async move {
                    let consumer = system.across_tenants::<NoticeRepository>().consumer(&name)?;
                    consumer.try_again(&tenant).await.map(|waited| assert!(waited))
                }
            }
        ),
        verb!(
            "pass over an event",
            ["outbox/consumer.rs pass_over"],
            PASSED,
            |stage| {
                consumer_with_an_event(stage, true).await;
                let (system, tenant) = (stage.system.clone(), stage.tenant.clone());
                let name = tenant.to_string();
                async move {
                    let consumer = system.across_tenants::<NoticeRepository>().consumer(&name)?;
                    consumer.pass_over(&tenant).await.map(|waited| assert!(waited))
                }
            }
        ),
        verb!(
            "set a consumer",
            ["outbox/consumer.rs set"],
            position(1, 0),
            |stage| {
                consumer_with_an_event(stage, true).await;
                let (system, name) = (stage.system.clone(), stage.tenant.to_string());
                async move {
                    let consumer = system.across_tenants::<NoticeRepository>().consumer(&name)?;
                    consumer.set(0).await.map(|is_set| assert!(is_set))
                }
            }
        ),
        verb!(
            "forget a consumer",
            ["outbox/consumer.rs forget", "outbox/known.rs forget_consumer"],
            position(1, -1),
            |stage| {
                consumer_with_an_event(stage, true).await;
                let (system, name) = (stage.system.clone(), stage.tenant.to_string());
                async move {
                    let consumer = system.across_tenants::<NoticeRepository>().consumer(&name)?;
                    assert!(consumer.forget().await?);
                    let again = system.forget_consumer("ledger.notices", &name).await;
                    again.map(|was_there| assert!(!was_there))
                }
            }
        ),
    ]
}

/// The consumer has the tenant's name.
fn relay(stage: &Stage) -> Relay {
    Relay::new(stage.tenant.to_string())
        .from_now()
        .poll(Duration::from_millis(2))
        .patience(Duration::from_secs(5))
}

async fn take(_: Event<Notice>) -> Result<(), Failure> {
    Ok(())
}

/// A consumer that was given all events before this tenant's one; with that one held back, where that is asked for.
async fn consumer_with_an_event(stage: &Stage, is_held: bool) {
    let drained = relay(stage).drain(&stage.past, "prepares", take).await;
    drained.expect("delivers");
    let notices = stage.past::<NoticeRepository>();
    notices
        .insert(Notice::new_row("news".into()))
        .await
        .expect("inserts");
    if is_held {
        let refuse = async |_: Event<Notice>| Err(Failure::new("no"));
        let drained = relay(stage).drain(&stage.past, "prepares", refuse).await;
        assert_eq!(drained.expect("delivers").failed, 1);
    }
}
