//! Schema `issuer`: who publishes statements about vulnerabilities, and how much each is trusted.
//!
//! [`Issuer`]s are the publishers, the installation's or a tenant's own; [`IssuerKey`]s prove that a
//! statement is theirs; a [`TrustOverride`] is a tenant's own weight for one. [`IssuerAuditEntry`] rows
//! tell a tenant's people why a verdict changed.

/// The SQL of the schema. It begins with what all schemas share, so that it also applies alone;
/// idempotent, one transaction.
pub const SQL: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas/issuer.sql"));

mod audit;
mod issuer_keys;
mod issuers;
mod trust_overrides;

use crate::Expected;

pub use audit::*;
pub use issuer_keys::*;
pub use issuers::*;
pub use trust_overrides::*;

/// The tables of the schema, for [`Config::expecting`](crate::Config::expecting).
pub const TABLES: &[Expected] = &[
    Expected::of::<IssuerAuditEntry>(),
    Expected::of::<IssuerKey>(),
    Expected::of::<Issuer>(),
    Expected::of::<TrustOverride>(),
];
