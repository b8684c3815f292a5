//! What the catalog of a database holds once the files are applied: for whoever holds one against the specs.
//!
//! Everything comes from the same values, or the same text, that the files are made of. How PostgreSQL prints a policy's
//! condition is said beside the condition; every other expression is here as it is written, and the server is asked what
//! it makes of it.

mod routine;
mod shared;
mod trigger;
mod wording;

use std::collections::{BTreeMap, BTreeSet};

use crate::ddl::predicate::Predicate;
use crate::ddl::{check, grant, index, policy};
use crate::model::name::PolicyCommand;
use crate::model::{Schema, Table};

pub use routine::{Routine, SEARCH_PATH, Volatility, routines};
pub use shared::{SharedColumn, SharedKey, SharedTable, shared_tables};
pub use trigger::{Trigger, TriggerForm, condition_of, evidence_triggers, triggers};
pub use wording::{Part, Wording, wordings};

/// The rule of the domain `stellaops.tenant`, as `pg_get_constraintdef` prints it.
pub const DOMAIN_RULE: &str = "CHECK (((VALUE <> ''::text) AND (COALESCE(NULLIF(current_setting('app.tenant_id'::text, true), ''::text), set_config('app.tenant_id'::text, VALUE, true)) = VALUE)))";

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The name.
    pub name: String,
    /// Whether it adds rows, or keeps some back.
    pub permissive: bool,
    /// What it is about.
    pub command: PolicyCommand,
    /// The role it holds for; none for everybody.
    pub role: Option<String>,
    /// Which rows are seen, as `pg_get_expr` prints it while `search_path` is empty.
    pub visible: Option<String>,
    /// Which rows may be written, printed alike.
    pub writable: Option<String>,
}

/// The policies of a table; none for one without tenants.
///
/// ```
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/every-kind");
/// let database = stellaops_db_spec::load(folder.as_ref())?.expect("no faults");
/// for table in database.tables().filter(|table| table.is_row_secured()) {
///     let policies = stellaops_db_spec::ddl::expected::policies(table);
///     assert!(policies.iter().any(|policy| !policy.permissive && policy.role.is_none()));
/// }
/// # Ok::<(), stellaops_db_spec::SourceError>(())
/// ```
pub fn policies(table: &Table) -> Vec<Policy> {
    let policies = policy::policies(table).into_iter();
    policies
        .map(|policy| Policy {
            name: policy.name,
            permissive: !policy.restrictive,
            command: policy.command,
            role: policy.role,
            visible: policy.visible.map(|predicate| predicate.printed()),
            writable: policy.writable.map(|predicate| predicate.printed()),
        })
        .collect()
}

/// What each role may do with a table, beside its owner, who may do everything: `SELECT`, `INSERT`, `UPDATE`, `DELETE`.
pub fn privileges(table: &Table) -> BTreeMap<String, BTreeSet<&'static str>> {
    let groups = grant::privileges(table).into_iter();
    groups
        .flat_map(|(roles, verbs)| {
            let verbs: BTreeSet<&'static str> = verbs.split(", ").collect();
            roles.into_iter().map(move |role| (role, verbs.clone()))
        })
        .collect()
}

/// What each role may do with a schema, beside its owner.
pub fn schema_privileges(schema: &Schema) -> BTreeMap<String, BTreeSet<&'static str>> {
    let workers = grant::workers(&schema.name).into_iter();
    workers.map(|role| (role, BTreeSet::from(["USAGE"]))).collect()
}

/// What `stellaops_system` may do with the shared tables, beside updates of [`SHARED_COLUMNS`]; nobody else may do anything.
pub const SHARED_PRIVILEGES: [(&str, &[&str]); 3] = [
    ("outbox_consumers", &["SELECT", "INSERT", "UPDATE", "DELETE"]),
    ("outbox_held_tenants", &["SELECT", "INSERT", "UPDATE", "DELETE"]),
    ("system_access", &["SELECT", "INSERT"]),
];

/// The columns of `stellaops.system_access` that `stellaops_system` may update: the end of a scope.
pub const SHARED_COLUMNS: [&str; 2] = ["ended_at", "statements"];

/// The names of a table's checks.
pub fn checks(table: &Table) -> Vec<String> {
    let checks = check::checks(table).into_iter();
    checks.map(|check| check.name).collect()
}

/// The names of a table's indexes, without those of its keys that are constraints.
pub fn indexes(table: &Table) -> Vec<String> {
    let made = index::indexes(table, &table.schema).into_iter();
    made.map(|index| index.name).collect()
}

/// The conditions, as printed, of a restrictive policy for reading.
pub fn reading_conditions() -> [String; 4] {
    [
        Predicate::Own,
        Predicate::OwnAndNotGlobal,
        Predicate::OwnAndNotSystem,
        Predicate::OwnOrGlobal,
    ]
    .map(Predicate::printed)
}

/// The conditions, as printed, of a restrictive policy for what is written.
pub fn writing_conditions() -> [String; 3] {
    [
        Predicate::Own,
        Predicate::OwnAndNotGlobal,
        Predicate::OwnAndNotSystem,
    ]
    .map(Predicate::printed)
}
