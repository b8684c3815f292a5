//! The memory twin: the repositories' verbs without a server, for unit tests of services.
//!
//! A service's code is generic over [`Rows`](crate::Rows), the rows of one table, or over a
//! [`Store`](crate::Store), those of all its tables. In production it is given a
//! [`TenantScope`](crate::TenantScope) or what comes from one; in a unit test a [`MemoryScope`].
//!
//! ```
//! # #[cfg(feature = "scheduler")] {
//! use std::collections::BTreeMap;
//!
//! use stellaops_db::memory::MemoryDatabase;
//! use stellaops_db::schema::scheduler::{
//!     GraphBuildJob, GraphJob, GraphJobPayload, GraphJobStatus, GraphJobType,
//! };
//! use stellaops_db::{Error, Rows, Store, TenantId};
//!
//! /// What a service does: puts the newest of the waiting jobs into the queue.
//! async fn enqueue(store: &impl Store) -> Result<Option<GraphJob>, Error> {
//!     let jobs = store.rows::<GraphJob>();
//!     let waiting = GraphJob::BY_STATUS_NEWEST.of(GraphJobStatus::Pending);
//!     let Some(job) = jobs.list(waiting).limit(1).await?.rows.pop() else {
//!         return Ok(None);
//!     };
//!     let step = GraphJob::STATUS.from(GraphJobStatus::Pending).to(GraphJobStatus::Queued);
//!     Ok(jobs.compare_and_swap(job.id, step).await?.won())
//! }
//!
//! # fn payload() -> GraphJobPayload {
//! #     GraphJobPayload::Build(GraphBuildJob {
//! #         sbom_id: "sbom".into(),
//! #         sbom_version_id: "1".into(),
//! #         sbom_digest: format!("sha256:{}", "5".repeat(64)),
//! #         trigger: "manual".into(),
//! #         metadata: BTreeMap::new(),
//! #     })
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let database = MemoryDatabase::new();
//! let acme = database.tenant(&TenantId::new("acme")?);
//! let jobs = acme.rows::<GraphJob>();
//! let job = jobs.insert(GraphJob::new_row(GraphJobType::Build, payload())).await?;
//!
//! let queued = enqueue(&acme).await?.expect("a job was waiting");
//! assert_eq!((queued.id, queued.status), (job.id, GraphJobStatus::Queued));
//! assert_eq!(enqueue(&acme).await?, None);
//!
//! // Another tenant sees nothing of it, and a step that is not legal is refused, as by PostgreSQL.
//! let other = database.tenant(&TenantId::new("other")?);
//! assert_eq!(other.rows::<GraphJob>().get(job.id).await?, None);
//! let leap = GraphJob::STATUS.from(GraphJobStatus::Queued).to(GraphJobStatus::Completed);
//! let refused = jobs.compare_and_swap(job.id, leap).await;
//! assert!(matches!(refused, Err(Error::IllegalTransition { .. })));
//! # Ok(()) }
//! # main().expect("runs");
//! # }
//! ```
//!
//! # What it does as PostgreSQL does
//!
//! Keys and unique keys, partial ones too, by their constraints' names; compare-and-swap, row versions, marks of
//! deletion; steps of statuses, retired values; tenants, rows for all tenants, global tables; defaults, columns of
//! the clock, generated columns; lengths, ranges, patterns and limits inside documents; foreign keys with their
//! delete rules; filters with SQL's three truth values; orders, by the bytes of texts, which is collation C; pages
//! and their cursors, which are the very same. One suite of tests runs on both.
//!
//! # What it does not prove
//!
//! * That row-level security, roles and grants are in place: whoever has a scope here has its rows.
//! * Checks whose SQL is none of the forms of [`Expression`](stellaops_db_spec::expression::Expression), one in five
//!   of the control plane's, and patterns with more than sets, groups and repetitions: they are passed over. An order
//!   or a unique key with such a condition is refused, [`Error::NotInMemory`](crate::Error::NotInMemory), since its
//!   rows would be guessed.
//! * Foreign keys to or from tables that this database was never asked for: a table is known from the first
//!   repository of it on.
//! * What several writers do at once: each verb has all rows for itself. There are no transactions, no locks, no
//!   serialization failures, and a time that a patch sets back to what it was stays so.
//! * Hash chains, whose tables take no rows here, retention and partitions. Texts with a collation of their own are
//!   not ordered.
//!
//! What is no verb of [`Rows`](crate::Rows) does not compile: SQL of your own, searches, streams, locks, claims of a
//! queue, related rows, projections. Test them on a real server, with `stellaops_db::testing`.

mod check;
mod database;
mod document;
mod expression;
mod filter;
mod limits;
mod list;
mod pattern;
mod reference;
mod repository;
mod rules;
mod session;
mod tables;
mod value;
mod write;

#[cfg(feature = "fuzzing")]
pub(crate) use pattern::Pattern;

pub use database::{MemoryDatabase, MemoryScope, MemorySystemScope};
pub use repository::MemoryRepository;
