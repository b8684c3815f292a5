//! Events on their way to consumers: the table `ledger.notices`.

mod consumers;
mod faults;
mod held;
mod keeping;
mod order;

use std::sync::{Arc, Mutex, PoisonError};

use stellaops_db::outbox::{Event, Relay};
use stellaops_db::queue::Failure;
use stellaops_db_tests::ledger::{Notice, NoticeRepository};

use crate::ledger::Ledger;

/// Why the system scope is opened.
const REASON: &str = "tells who asked to be told";

/// What a consumer was given: tenant and notice, in the order of their coming.
#[derive(Debug, Clone, Default)]
struct Told(Arc<Mutex<Vec<(String, String)>>>);

impl Told {
    fn note(&self, event: &Event<Notice>) {
        let told = (event.tenant().to_string(), event.what.clone());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    }

    fn all(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was told of one tenant.
    fn of(&self, tenant: &str) -> Vec<String> {
        let all = self.all().into_iter().filter(|(of, _)| of == tenant);
        all.map(|(_, what)| what).collect()
    }

    /// The same without what came again.
    fn first_of(&self, tenant: &str) -> Vec<String> {
        let mut first: Vec<String> = Vec::new();
        for what in self.of(tenant) {
            if !first.contains(&what) {
                first.push(what);
            }
        }
        first
    }

    fn len(&self) -> usize {
        self.all().len()
    }
}

/// Writes notices of a tenant, each in a transaction of its own.
async fn write(ledger: &Ledger, tenant: &str, whats: &[&str]) {
    let notices = ledger.tenant(tenant).repository::<NoticeRepository>();
    for what in whats {
        let row = Notice::new_row((*what).to_owned());
        notices.insert(row).await.expect("inserts");
    }
}

/// Delivers what is there and due to whoever notes it.
async fn drain(ledger: &Ledger, relay: &Relay, told: &Told) -> u64 {
    let told = told.clone();
    let handler = move |event: Event<Notice>| {
        told.note(&event);
        async { Ok::<_, Failure>(()) }
    };
    let report = relay.drain(&ledger.db, REASON, handler).await;
    let report = report.expect("delivers");
    assert_eq!(report.failed, 0);
    report.delivered
}
