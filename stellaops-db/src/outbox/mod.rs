//! Outboxes: tables of events whose spec has an `[outbox]`, and their way to consumers.
//!
//! An event is a row like any other. It is written in the transaction that does what it tells of, so that there is
//! no event without its deed and no deed without its event:
//!
//! ```no_run
//! # #[cfg(feature = "vex")] {
//! # use stellaops_db::{Error, Insert, TenantScope};
//! # use stellaops_db::schema::vex::{LinksetEvent, LinksetEventRepository};
//! # async fn example(scope: TenantScope, event: <LinksetEvent as stellaops_db::Table>::Assignments<Insert>) -> Result<(), Error> {
//! let transaction = scope.begin().await?;
//! // … change the linkset …
//! transaction.repository::<LinksetEventRepository>().insert(event).await?;
//! transaction.commit().await
//! # }
//! # }
//! ```
//!
//! A [`Relay`] delivers the events of all tenants to a consumer. A consumer is a name: each has its own place in
//! the table, which the database keeps, and is given every event **at least once**, those of a tenant **in their
//! order**. What a consumer does must bear to be done twice: [`Event::number`] tells whether it was.
//!
//! An event that a consumer cannot take holds the events of its tenant back, which wait in their order and are
//! tried again later, and nobody else's. [`Consumer`] tells which tenants wait and why, and lets a person try
//! them again, or pass one event over.

mod consumer;
mod delivery;
mod event;
mod feed;
mod known;
mod ledger;
mod name;
mod relay;
mod round;
mod stopping;
mod turn;

pub use consumer::{Consumer, ConsumerPosition, HeldTenant};
pub use event::Event;
pub use known::KnownConsumer;
pub use relay::{Relay, RelayReport};
