use std::sync::Arc;

use crate::model::{Column, EnumValue};

/// The holder of the lease of a row that nobody works on: it waits to be tried again. No worker's name
/// begins with `@`.
pub const RETRY_HOLDER: &str = "@retry";

/// What makes a table a work queue.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Queue {
    /// How far a row has come. None: the queue is recurring, its rows are never done but due again and again.
    pub steps: Option<QueueSteps>,
    /// From when on a row may be claimed.
    pub scheduled_for: Option<Arc<Column>>,
    /// Why a row failed last, for a person.
    pub reason: Option<Arc<Column>>,
    /// The end of the lease.
    pub lease_expires_at: Arc<Column>,
    /// The worker that holds the lease.
    pub leased_by: Arc<Column>,
    /// How often the row was claimed: the fencing token, which never goes back.
    pub attempts: Arc<Column>,
    /// The claim whose failure is the last one.
    pub max_attempts: Option<i32>,
    /// How long a failed row waits.
    pub backoff: Backoff,
    /// The name of the index whose order is the queue's.
    pub order: String,
}

/// The status of a queue's rows, and the values that it steps through.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct QueueSteps {
    /// The status column.
    pub status: Arc<Column>,
    /// What can be claimed.
    pub ready: EnumValue,
    /// What is claimed.
    pub running: EnumValue,
    /// What is done.
    pub done: EnumValue,
    /// What has failed for good.
    pub failed: Option<EnumValue>,
    /// What waits for its time, and then becomes ready.
    pub waiting: Option<EnumValue>,
    /// Whether a claimed row may become ready again.
    pub gives_back: bool,
}

/// How long a failed row waits: `first` times two for each further failure, `most` at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// After the first failure, in seconds.
    pub first: i32,
    /// At most, in seconds.
    pub most: i32,
}

impl Backoff {
    /// Where a spec says nothing: 10 seconds, then 20, 40, …, an hour at most.
    pub const USUAL: Backoff = Backoff {
        first: 10,
        most: 3600,
    };
}

/// Where a row goes that its worker gives up for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retreat {
    /// To the status of what waits, with a time.
    Waiting,
    /// To the status of what is ready, with a time where there is a column for it.
    Ready,
    /// Nowhere: it stays claimed, by nobody, until its lease runs out.
    Parked,
}

impl Queue {
    /// Where a row goes that is to be tried again later. Without a column for the time, and without a legal
    /// step back, the lease alone can tell the time.
    pub fn later(&self) -> Retreat {
        match &self.steps {
            Some(steps) if steps.waiting.is_some() => Retreat::Waiting,
            Some(steps) if steps.gives_back && self.scheduled_for.is_some() => Retreat::Ready,
            _ => Retreat::Parked,
        }
    }

    /// Where a row goes that another worker may take at once.
    pub fn at_once(&self) -> Retreat {
        match &self.steps {
            Some(steps) if steps.gives_back => Retreat::Ready,
            _ => self.later(),
        }
    }
}

impl QueueSteps {
    /// A value of the status, as an SQL literal.
    pub fn literal(&self, value: &EnumValue) -> String {
        match self.status.declared_enum() {
            Some(declared) => declared.sql_literal(value),
            None => String::new(),
        }
    }
}
