//! The SQLSTATE codes that the generated SQL raises. `SD` is a class of our own: the standard keeps
//! classes that begin with A to H for itself.

/// A policy was asked while no tenant is bound.
pub const NO_TENANT_BOUND: &str = "SD001";

/// A status was to take an illegal step.
pub const ILLEGAL_TRANSITION: &str = "SD002";

/// An append-only table was to be changed.
pub const APPEND_ONLY: &str = "SD003";

/// A table or the tenant's domain exists in another shape.
pub const ANOTHER_SHAPE: &str = "SD004";

/// A role is missing or has other attributes, and the current role may not change that.
pub const ROLE: &str = "SD005";

/// The session that applies a file is bound to a tenant.
pub const SESSION_BOUND: &str = "SD006";

/// A row was to be deleted from a table that keeps its rows.
pub const UNDELETABLE: &str = "SD010";

/// A row was to be deleted before the end of its retention.
pub const KEPT: &str = "SD011";
/// A row was to get a retired value of an enum.
pub const RETIRED_VALUE: &str = "SD020";

/// A second tenant in one transaction: PostgreSQL's own code for a violated check, with the
/// constraint [`ONE_TENANT_PER_TRANSACTION`].
pub const CHECK_VIOLATION: &str = "23514";

/// The constraint of the domain `stellaops.tenant`.
pub const ONE_TENANT_PER_TRANSACTION: &str = "one_tenant_per_transaction";
