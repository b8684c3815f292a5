//! The built-in schemas, each behind a feature of its name. Whoever brings their own specs needs none.

/// The SQL of what all schemas share, as generated from the specs that this crate was built with.
/// Idempotent, one transaction: `sqlx::raw_sql(SHARED_SQL)`.
pub const SHARED_SQL: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas/stellaops.sql"));

#[cfg(any(feature = "policy", feature = "vuln"))]
mod digest;

#[cfg(feature = "audit")]
pub mod audit;
#[cfg(feature = "authority")]
pub mod authority;
#[cfg(feature = "issuer")]
pub mod issuer;
#[cfg(feature = "notify")]
pub mod notify;
#[cfg(feature = "policy")]
pub mod policy;
#[cfg(feature = "scheduler")]
pub mod scheduler;
#[cfg(feature = "vex")]
pub mod vex;
#[cfg(feature = "vuln")]
pub mod vuln;
