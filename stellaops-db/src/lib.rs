//! Multi-tenant PostgreSQL from one specification.
//!
//! A table is specified once, in `specs/<schema>/<table>.toml`. A struct that derives [`Table`] is
//! checked against it by the compiler, and gets a typed repository that a tenant cannot be left out
//! of: every statement carries the tenant as a parameter, and PostgreSQL's row-level security
//! enforces it again. Each call is one network exchange.
//!
//! ```no_run
//! # #[cfg(feature = "scheduler")] {
//! use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository, GraphJobStatus};
//! use stellaops_db::{Config, Database, TenantId};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let database = Database::connect(&Config::from_environment()?).await?;
//! let acme = TenantId::new("acme")?;
//! let jobs = database.tenant(&acme).repository::<GraphJobRepository>();
//! let page = jobs.list(GraphJob::BY_STATUS_NEWEST.of(GraphJobStatus::Queued)).limit(50).await?;
//! for job in &page.rows {
//!     println!("{} {:?}", job.id, job.status);
//! }
//! # Ok(()) }
//! # }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

// Generated code names the crate from outside; inside it, this name is the same.
#[allow(unused_extern_crates)]
extern crate self as stellaops_db;

pub mod bulk;
pub mod chain;
mod clock;
mod column;
mod compat;
mod config;
mod connect;
mod connection;
mod database;
mod error;
mod facts;
mod guard;
mod id;
#[cfg(feature = "lifecycle")]
pub mod lifecycle;
mod member;
#[cfg(feature = "memory")]
pub mod memory;
pub mod outbox;
mod own_sql;
mod pause;
pub mod persistence;
mod pooler;
mod query;
pub mod queue;
#[cfg(feature = "cli")]
mod reach;
mod repository;
mod scope;
mod sensitive;
mod table;
mod telemetry;
mod tenant;
mod timestamp;
mod value;

#[doc(hidden)]
pub mod __private;
pub mod schema;

#[cfg(feature = "demo")]
pub mod demo;

#[cfg(feature = "cli")]
pub mod scaffold;

#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;

#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "verify")]
pub mod verify;

pub use clock::{Clock, IdSource, SystemClock, UuidV7};
pub use column::{Column, Comparable, Editable, Fixed, IsSwappable, Pointing, Swap, SwapFrom, Swappable};
pub use config::{Config, ConfigError, TlsFault, TlsMode};
pub use connect::ConnectError;
pub use database::Database;
pub use error::{Error, Outcome, ServerMessage};
pub use guard::Expected;
pub use id::Id;
pub use own_sql::{Query, QueryRow, QueryValue};
pub use query::{
    Children, ComparableMember, Cursor, CursorKey, Edit, Filter, HasDocument, IndexOrder, InvalidCursor,
    IsEditable, Listing, Lock, Lookup, Member, Order, OrderOf, Path, Relation, UniqueKey,
};
pub use repository::{Find, List, Listed, Page, Repository, Rows, Search, Swapped, SystemReader};
pub use scope::{
    AdvisoryLock, Isolation, RepositoryScope, Store, SystemScope, SystemTransaction, TenantScope,
    Transaction, UnitOfWork, WorkError,
};
pub use sensitive::Sensitive;
pub use sqlx::{AssertSqlSafe, SqlSafeStr};
pub use stellaops_db_derive::{DbEnum, Jsonb, Projection, QueryRow, Table};
pub use table::{
    Assignments, GlobalRepository, Insert, NamedAssignments, NamedReader, NamedRepository, Projection,
    Purpose, Table, TakenKey, Update, tenancy,
};
pub use tenant::{InvalidTenantId, TENANT_ID_MAX_BYTES, TenantId};
pub use timestamp::Timestamp;
pub use value::{ContentHash, DbEnum, DecodeError, EncodeError};
