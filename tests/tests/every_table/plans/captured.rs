//! The plans of what really ran: PostgreSQL's own `auto_explain` sends each as a notice, with the statement's text, the
//! values that were bound and the rows that there were.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Once;

use serde_json::Value as Json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// What lets the server send plans, for all logins of a database.
pub(super) const SETTINGS: [(&str, &str); 6] = [
    ("session_preload_libraries", "auto_explain"),
    ("auto_explain.log_min_duration", "0"),
    ("auto_explain.log_level", "notice"),
    ("auto_explain.log_format", "json"),
    ("auto_explain.log_analyze", "on"),
    ("auto_explain.log_timing", "off"),
];

thread_local! {
    /// A test runs on one thread, and so do its connections.
    static TOLD: RefCell<Vec<Json>> = const { RefCell::new(Vec::new()) };
}

/// A statement that ran, and its plan.
pub(super) struct Plan {
    pub(super) text: String,
    pub(super) nodes: Vec<Json>,
}

/// The plans of the repository's statements since the last time.
pub(super) fn take() -> Vec<Plan> {
    let told = TOLD.take().into_iter();
    let plans = told.map(|told| {
        let mut nodes = Vec::new();
        collect(&told["Plan"], &mut nodes);
        let text = told["Query Text"].as_str().unwrap_or_default().to_owned();
        Plan { text, nodes }
    });
    plans
        .filter(|plan| plan.text.starts_with("/* stellaops-db "))
        .collect()
}

fn collect(node: &Json, nodes: &mut Vec<Json>) {
    nodes.push(node.clone());
    for child in node["Plans"].as_array().into_iter().flatten() {
        collect(child, nodes);
    }
}

/// Hears the driver tell of notices.
pub(super) fn listen() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        tracing::subscriber::set_global_default(Notices).expect("nobody else makes one");
    });
}

struct Notices;

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.0 = value.to_owned();
        }
    }
}

impl Subscriber for Notices {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::postgres::notice"
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message::default();
        event.record(&mut message);
        if let Some((_, plan)) = message.0.split_once("plan:\n") {
            let plan = serde_json::from_str(plan).expect("auto_explain writes JSON");
            TOLD.with_borrow_mut(|told| told.push(plan));
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
