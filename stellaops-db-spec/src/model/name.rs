//! Every name that is generated: the one module that formats names.
//!
//! | thing | pattern | example |
//! |---|---|---|
//! | primary key | `pk_<table>` | `pk_graph_jobs` |
//! | unique key | `uq_<table>_<name>` | `uq_schedules_name` |
//! | foreign key | `fk_<table>_<columns>` | `fk_graph_job_events_job_id` |
//! | check | `ck_<table>_<name>`, `ck_<table>_<columns>_together` | `ck_graph_jobs_payload` |
//! | index | `idx_<table>_<columns>[_<what>]` | `idx_graph_jobs_status_created_at` |
//! | index across tenants | `idx_<table>_<columns>_<what or everywhere>` | `idx_audit_created_at_everywhere` |
//! | index of a search | `idx_<table>_<column>` | `idx_advisories_search_text` |
//! | policy | `<table>_tenant_isolation[_<command>]`, `<table>_<role>[_global]` | `graph_jobs_app` |
//! | trigger | `trg_<table>_<what>` | `trg_graph_jobs_status` |
//! | role | `<schema>_<role>` | `scheduler_app` |
//! | function of a hash chain | `chain_<table>` | `chain_events` |
//! | function of evidence | `record_system_access_in_<table>` | `record_system_access_in_events` |
//! | partition | `<table>_y<year>m<month>` | `events_y2026m11` |
//! | partitions' procedure | `maintain_<table>_partitions` | `maintain_events_partitions` |
//!
//! PostgreSQL cuts names at 63 bytes without a word. Longer ones are cut to 54 bytes and end with
//! `_` and eight hexadecimal digits of the whole name's FNV-1a hash, so they stay distinct and
//! never change.

use crate::model::{Check, Column, Index, Reference, Scope, Search, Table, UniqueKey};

/// The roles of a schema, beside its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Owns the objects; runs no application.
    Owner,
    /// Reads and writes under row-level security.
    App,
    /// Reads under row-level security.
    Reader,
    /// Reads and writes under row-level security, for people.
    Admin,
}

impl Role {
    /// All roles, in the order in which they are made.
    pub const ALL: [Role; 4] = [Role::Owner, Role::App, Role::Reader, Role::Admin];

    /// The suffix of the role's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::App => "app",
            Role::Reader => "reader",
            Role::Admin => "admin",
        }
    }
}

/// What a policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyCommand {
    /// Everything.
    All,
    /// Reading.
    Select,
    /// New rows.
    Insert,
    /// Changes.
    Update,
    /// Deletion.
    Delete,
}

impl PolicyCommand {
    /// The command in SQL.
    pub fn sql(self) -> &'static str {
        match self {
            PolicyCommand::All => "ALL",
            PolicyCommand::Select => "SELECT",
            PolicyCommand::Insert => "INSERT",
            PolicyCommand::Update => "UPDATE",
            PolicyCommand::Delete => "DELETE",
        }
    }
}

/// `<schema>_<role>`.
pub fn role(schema: &str, role: Role) -> String {
    bounded(format!("{schema}_{}", role.as_str()))
}

/// `pk_<table>`.
pub fn primary_key(table: &Table) -> String {
    bounded(format!("pk_{}", table.name))
}

/// `uq_<table>_<name>`.
pub fn unique_key(table: &Table, key: &UniqueKey) -> String {
    bounded(format!("uq_{}_{}", table.name, key.name))
}

/// `fk_<table>_<columns>`.
pub fn foreign_key(table: &Table, reference: &Reference) -> String {
    bounded(format!("fk_{}_{}", table.name, joined(reference)))
}

/// `ck_<table>_<columns>_together`: a reference of several nullable columns is whole or not there.
pub fn reference_check(table: &Table, reference: &Reference) -> String {
    bounded(format!("ck_{}_{}_together", table.name, joined(reference)))
}

fn joined(reference: &Reference) -> String {
    let names = reference.columns.iter().map(|column| column.name.as_str());
    names.collect::<Vec<_>>().join("_")
}

/// `ck_<table>_<name>`.
pub fn check(table: &Table, check: &Check) -> String {
    bounded(format!("ck_{}_{}", table.name, check.name))
}

/// `ck_<table>_<column>`: the check that follows from a column's type and bounds.
pub fn column_check(table: &Table, column: &Column) -> String {
    bounded(format!("ck_{}_{}", table.name, column.name))
}

/// `idx_<table>_<columns>[_<what>]`, the tenant and the tie-break left out; `everywhere` tells an index
/// across tenants from that of the same columns for one tenant.
pub fn index(table: &Table, index: &Index) -> String {
    let mut name = format!("idx_{}", table.name);
    let declared = index
        .pinned
        .iter()
        .chain(index.declared_order.iter().map(|ordered| &ordered.column));
    for column in declared {
        name.push('_');
        name.push_str(&column.name);
    }
    let everywhere = (index.scope == Scope::System).then_some("everywhere");
    if let Some(what) = index.what.as_deref().or(everywhere) {
        name.push('_');
        name.push_str(what);
    }
    bounded(name)
}

/// `idx_<table>_<column>`: the index of a full-text search.
pub fn search_index(table: &Table, search: &Search) -> String {
    bounded(format!("idx_{}_{}", table.name, search.column))
}

/// `<table>_tenant_isolation`: the restrictive policy.
pub fn isolation_policy(table: &Table) -> String {
    bounded(format!("{}_tenant_isolation", table.name))
}

/// `<table>_<role>`: the permissive policy of a role.
pub fn role_policy(table: &Table, role: Role) -> String {
    bounded(format!("{}_{}", table.name, role.as_str()))
}

/// `<table>_tenant_isolation_<command>`: the restrictive policy of one command, where global rows may
/// be read and not changed.
pub fn isolation_policy_for(table: &Table, command: PolicyCommand) -> String {
    bounded(format!(
        "{}_tenant_isolation_{}",
        table.name,
        command.sql().to_lowercase()
    ))
}

/// `<table>_<role>_<command>`: the permissive policy of a role and one command, where global rows may be read and
/// not changed.
pub fn role_policy_for(table: &Table, role: Role, command: PolicyCommand) -> String {
    let command = command.sql().to_lowercase();
    bounded(format!("{}_{}_{command}", table.name, role.as_str()))
}

/// `trg_<table>_<what>`.
pub fn trigger(table: &Table, what: &str) -> String {
    bounded(format!("trg_{}_{what}", table.name))
}

/// `maintain_<table>_partitions`: the procedure that makes and detaches partitions.
pub fn maintain_partitions(table: &Table) -> String {
    bounded(format!("maintain_{}_partitions", table.name))
}

/// `chain_<table>`: the function that chains the rows.
pub fn chain_function(table: &Table) -> String {
    bounded(format!("chain_{}", table.name))
}

/// `record_system_access_in_<table>`: the function that writes the evidence of system scopes.
pub fn evidence_function(table: &Table) -> String {
    bounded(format!("record_system_access_in_{}", table.name))
}

/// `trg_system_access_<schema>_<table>`: the trigger of the shared table that calls it.
pub fn evidence_trigger(table: &Table) -> String {
    bounded(format!("trg_system_access_{}_{}", table.schema, table.name))
}

/// The length of `_y2026m11`, which a partition's name has behind that of its table.
pub const PARTITION_SUFFIX_BYTES: usize = 9;

/// The greatest length of a name in PostgreSQL, in bytes.
pub const MAX_BYTES: usize = 63;

/// Cuts a name that PostgreSQL would cut, so that it stays distinct.
pub fn bounded(name: String) -> String {
    if name.len() <= MAX_BYTES {
        return name;
    }
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let mut end = 54;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{hash:08x}", &name[..end])
}
