//! Who sees a row: the conditions that policies carry.
//!
//! The bound tenant is read inside a sub-select, so that the planner evaluates it once a statement
//! and not once a row. It is spelt out in every policy and not wrapped in a function: a wrapper in
//! PL/pgSQL costs ten microseconds a statement, and one in SQL is only as fast while it is inlined.

use crate::model::SYSTEM_TENANT;

/// The bound tenant, or the error that none is bound. The setting is empty, not NULL, once its
/// transaction has ended: both are unbound.
pub(super) const BOUND_TENANT: &str =
    "(SELECT coalesce(nullif(current_setting('app.tenant_id', true), ''), stellaops.no_tenant_bound()))";

/// The tenant of rows that all tenants may read.
pub(super) const GLOBAL_TENANT: &str = "'@global'";

/// Rows of the bound tenant.
pub(super) fn own() -> String {
    format!("tenant_id = {BOUND_TENANT}")
}

/// Rows of the bound tenant, which is not the global one: only a system scope writes global rows,
/// whatever name is bound.
pub(super) fn own_and_not_global() -> String {
    format!("tenant_id = {BOUND_TENANT} AND tenant_id <> {GLOBAL_TENANT}")
}

/// Rows of the bound tenant and global ones. The array makes the server look at the bound tenant
/// always; an OR would not look for a global row, and unbound reads would pass quietly.
pub(super) fn own_or_global() -> String {
    format!("tenant_id = ANY (ARRAY[{GLOBAL_TENANT}, {BOUND_TENANT}])")
}

/// Rows of the bound tenant, which is not the system: its own evidence is read by no application, whatever name
/// is bound.
pub(super) fn own_and_not_system() -> String {
    format!("tenant_id = {BOUND_TENANT} AND tenant_id <> '{SYSTEM_TENANT}'")
}
