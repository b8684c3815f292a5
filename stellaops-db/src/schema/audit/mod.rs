//! Schema `audit`: the system's evidence, in a chain that shows when a link was changed.
//!
//! * Facts: [`AuditEvent`]s say who did what to which thing, and why. Every service writes them in the
//!   transaction of the deed; nobody changes one.
//! * Proof: [`ChainHead`]s hold the number and the hash of each tenant's last event. A copy that is kept
//!   elsewhere proves that nothing was cut off.

/// The SQL of the schema. It begins with what all schemas share, so that it also applies alone;
/// idempotent, one transaction.
pub const SQL: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas/audit.sql"));

mod chain_heads;
mod events;

use crate::Expected;

pub use chain_heads::*;
pub use events::*;

/// The tables of the schema, for [`Config::expecting`](crate::Config::expecting).
pub const TABLES: &[Expected] = &[Expected::of::<ChainHead>(), Expected::of::<AuditEvent>()];
