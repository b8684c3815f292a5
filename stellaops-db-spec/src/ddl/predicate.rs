//! Who sees a row: the conditions that policies carry.
//!
//! The bound tenant is read inside a sub-select, so that the planner evaluates it once a statement
//! and not once a row. It is spelt out in every policy and not wrapped in a function: a wrapper in
//! PL/pgSQL costs ten microseconds a statement, and one in SQL is only as fast while it is inlined.

use crate::model::SYSTEM_TENANT;

/// The bound tenant, or the error that none is bound. The setting is empty, not NULL, once its
/// transaction has ended: both are unbound.
const BOUND_TENANT: &str =
    "(SELECT coalesce(nullif(current_setting('app.tenant_id', true), ''), stellaops.no_tenant_bound()))";

/// The same, as PostgreSQL 15 to 18 print it while no schema is searched.
const BOUND_TENANT_PRINTED: &str = "( SELECT COALESCE(NULLIF(current_setting('app.tenant_id'::text, true), ''::text), stellaops.no_tenant_bound()) AS \"coalesce\")";

/// The tenant of rows that all tenants may read.
pub(super) const GLOBAL_TENANT: &str = "'@global'";

/// Which rows a policy lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predicate {
    /// Those of the bound tenant.
    Own,
    /// Those of the bound tenant, which is not the global one: only a system scope writes global rows, whatever name
    /// is bound.
    OwnAndNotGlobal,
    /// Those of the bound tenant, and global ones. The array makes the server look at the bound tenant always; an OR
    /// would not look for a global row, and unbound reads would pass quietly.
    OwnOrGlobal,
    /// Those of the bound tenant, which is not the system: its own evidence is read by no application, whatever name
    /// is bound.
    OwnAndNotSystem,
}

impl Predicate {
    /// The condition as a policy is made with it.
    pub(super) fn sql(self) -> String {
        match self {
            Predicate::Own => format!("tenant_id = {BOUND_TENANT}"),
            Predicate::OwnAndNotGlobal => {
                format!("tenant_id = {BOUND_TENANT} AND tenant_id <> {GLOBAL_TENANT}")
            }
            Predicate::OwnOrGlobal => format!("tenant_id = ANY (ARRAY[{GLOBAL_TENANT}, {BOUND_TENANT}])"),
            Predicate::OwnAndNotSystem => {
                format!("tenant_id = {BOUND_TENANT} AND tenant_id <> '{SYSTEM_TENANT}'")
            }
        }
    }

    /// The condition as `pg_get_expr` answers it.
    pub(super) fn printed(self) -> String {
        let own = format!("(tenant_id = {BOUND_TENANT_PRINTED})");
        match self {
            Predicate::Own => own,
            Predicate::OwnAndNotGlobal => format!("({own} AND (tenant_id <> {GLOBAL_TENANT}::text))"),
            Predicate::OwnOrGlobal => {
                format!("(tenant_id = ANY (ARRAY[{GLOBAL_TENANT}::text, {BOUND_TENANT_PRINTED}]))")
            }
            Predicate::OwnAndNotSystem => format!("({own} AND (tenant_id <> '{SYSTEM_TENANT}'::text))"),
        }
    }
}
