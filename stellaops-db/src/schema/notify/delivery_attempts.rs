use crate::schema::notify::{Channel, Delivery};
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// One try to hand a message over, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.delivery_attempts")]
pub struct DeliveryAttempt {
    /// Numbered by the database; breaks ties of `created_at`.
    pub id: i64,
    /// Whose attempt it is.
    pub tenant_id: TenantId,
    /// The delivery that was tried.
    pub delivery_id: Id<Delivery>,
    /// The channel of the delivery.
    pub channel_id: Id<Channel>,
    /// Which try of the delivery it was, from 1.
    pub attempt: i32,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// The name of the worker that tried.
    pub worker: String,
    /// The code of the answer, in the channel's own protocol.
    pub status_code: Option<i16>,
    /// What went wrong, for a person; none: nothing did.
    pub fault: Option<String>,
    /// What the other side calls the message.
    pub receipt: Option<String>,
    /// How long the try took, in milliseconds.
    pub duration_millis: i32,
    /// When the try ended, by the worker's clock.
    pub created_at: Timestamp,
}

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.attempt_outcome")]
pub enum AttemptOutcome {
    /// The other side took the message.
    Delivered,
    /// It may take it later.
    Deferred,
    /// It refused it for good.
    Rejected,
    /// It may have taken it without saying so.
    Unanswered,
}
