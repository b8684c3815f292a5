//! Events, written with what they tell of and delivered to who follows.

use std::collections::BTreeSet;
use std::time::Duration;

use stellaops_db::outbox::{Event, Relay};
use stellaops_db::schema::vex::{Linkset, LinksetEvent, LinksetEventRepository};

use crate::given::{Given, Tested};

async fn index(event: &LinksetEvent) -> Result<(), String> {
    match event.linkset_version {
        1 => Ok(()),
        _ => Err("the index is full".into()),
    }
}

#[tokio::test]
async fn followed() -> Tested {
    let given = Given::new().await;
    let (database, scope) = (given.database, given.scope);
    let aliases = BTreeSet::from(["GHSA-2345-6789-cfgh".to_owned()]);
    let linkset = scope
        .transaction()
        .run(async |transaction| {
            // writes a LinksetEvent in the same transaction
            Linkset::refresh(transaction, "CVE-2026-0001", "pkg:npm/left-pad", &aliases).await
        })
        .await?;
    let (stop_now, stopped) = tokio::sync::oneshot::channel::<()>();
    let stop = async {
        let _ = stopped.await;
    };
    let until_moved = async {
        let system = database.system("waits for the index").await?;
        let consumer = system.across_tenants::<LinksetEventRepository>().consumer("search index")?;
        while consumer.position().await?.is_none_or(|position| position.number < position.last) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let _ = stop_now.send(());
        system.close().await
    };
    let relayed = async {
        let reason = "keeps the search index up to date";
        let report = Relay::new("search index")
            .concurrency(8) // tenants side by side; each one's events one after the other
            .run(&database, reason, stop, async |event: Event<LinksetEvent>| {
                index(&event).await?; // an error is tried again later, and holds this tenant's events back
                Ok(())
            })
            .await?;
        Ok::<_, stellaops_db::Error>(report)
    };
    let (report, moved) = tokio::join!(relayed, until_moved);
    moved?;
    assert_eq!((linkset.row_version, report?.delivered), (1, 1));
    Ok(())
}

#[tokio::test]
async fn what_waits() -> Tested {
    let given = Given::new().await;
    let (database, scope) = (given.database, given.scope);
    for alias in ["GHSA-2345-6789-cfgh", "GHSA-2345-6789-cfgj"] {
        let transaction = scope.begin().await?;
        let aliases = BTreeSet::from([alias.to_owned()]);
        Linkset::refresh(&transaction, "CVE-2026-0001", "pkg:npm/left-pad", &aliases).await?;
        transaction.commit().await?;
    }
    let handler = async |event: Event<LinksetEvent>| Ok(index(&event).await?);
    let report = Relay::new("search index").drain(&database, "fills the index", handler).await?;
    assert_eq!((report.delivered, report.failed), (1, 1));
    let system = database.system("looks why the index is behind").await?;
    let consumer = system.across_tenants::<LinksetEventRepository>().consumer("search index")?;
    for held in consumer.held().await? {
        println!("{} waits since {}: {}", held.tenant, held.since, held.reason);
        consumer.try_again(&held.tenant).await?; // or `pass_over`
    }
    system.close().await?;
    let report = Relay::new("search index").drain(&database, "fills the index", handler).await?;
    assert_eq!((report.delivered, report.failed), (0, 1));
    Ok(())
}
