//! What is told through `tracing` while a test listens.
//!
//! There is one subscriber for all tests of the program, there before the first statement: `tracing` remembers of
//! each place in the code whether anybody wants to hear of it, and a subscriber of one test, among threads of others
//! that have none, may come too late for that.

use std::cell::RefCell;
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Once;

use tracing::field::Field;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

thread_local! {
    /// Who listens on this thread: a test runs on one of its own.
    static LISTENING: RefCell<Option<Rc<RefCell<Vec<String>>>>> = const { RefCell::new(None) };
}

/// Each event and each value of a span's field, as a text, from now on until it is dropped.
pub(crate) struct Events(Rc<RefCell<Vec<String>>>);

impl Events {
    pub(crate) fn listen() -> Self {
        install();
        let told = Rc::new(RefCell::new(Vec::new()));
        LISTENING.set(Some(told.clone()));
        Events(told)
    }

    /// All that was told.
    pub(crate) fn told(&self) -> String {
        self.0.borrow().join("\n")
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        LISTENING.set(None);
    }
}

/// Makes the one subscriber; whatever runs statements calls this before.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        tracing::subscriber::set_global_default(Forwarding).expect("nobody else makes one");
    });
}

struct Forwarding;

fn hear(field: &Field, value: &dyn Debug) {
    LISTENING.with_borrow(|listening| {
        if let Some(told) = listening {
            told.borrow_mut().push(format!("{field}={value:?}"));
        }
    });
}

impl Subscriber for Forwarding {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("stellaops_db")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        attributes.record(&mut hear);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut hear);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut hear);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
