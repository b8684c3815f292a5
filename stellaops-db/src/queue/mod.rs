//! Work queues: tables whose spec has a `[queue]`.
//!
//! A worker [claims](crate::Repository::claim) rows under a lease, and is then the only one that may end them:
//! with [`complete`](crate::Repository::complete), with [`fail`](crate::Repository::fail), which tries them again
//! later or gives them up, or by giving them back. While it works it [renews](crate::Repository::renew) its leases;
//! if it vanishes they run out, by the database's clock, and others take its rows over. So work is done at least
//! once, and its end is written once: who lost a lease ends nothing ([`Error::LeaseLost`](crate::Error::LeaseLost)).
//!
//! ```no_run
//! # #[cfg(feature = "scheduler")] {
//! # use std::time::Duration;
//! # use stellaops_db::{Error, TenantScope};
//! # use stellaops_db::schema::scheduler::GraphJobRepository;
//! # async fn build(_: &stellaops_db::schema::scheduler::GraphJob) -> Result<(), String> { Ok(()) }
//! # async fn example(scope: TenantScope) -> Result<(), Error> {
//! let jobs = scope.repository::<GraphJobRepository>();
//! for job in jobs.claim("builder-1", 10, Duration::from_secs(60)).await? {
//!     match build(&job).await {
//!         Ok(()) => jobs.complete(&job).await.map(|_| ())?,
//!         Err(reason) => jobs.fail(&job, reason).await.map(|_| ())?,
//!     }
//! }
//! # Ok(()) }
//! # }
//! ```
//!
//! What the work itself writes belongs into one transaction with its end: the repository of a
//! [`Transaction`](crate::Transaction) has the same verbs, and if the lease was lost nothing of it takes effect.
//!
//! [`Worker`] is the loop around all this: it claims, runs handlers side by side, renews, and stops in peace.

mod failure;
mod lease;
mod name;
mod turns;
mod worker;

pub use failure::{Failed, Failure};
pub use lease::{Held, Lease, Leased};
pub use turns::Turns;
pub use worker::{Done, Job, Worker, WorkerReport};

pub(crate) use lease::milliseconds;
pub(crate) use name::checked_name;
