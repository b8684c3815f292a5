use std::sync::Arc;

use crate::model::{
    Check, Column, Evidence, Finder, HashChain, Index, Outbox, Partition, Queue, Reference, Retention,
    Search, UniqueKey, Waiver,
};
use crate::source::Place;

/// Whose rows a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenancy {
    /// Every row belongs to one tenant.
    Tenant,
    /// Reference data without a tenant.
    Global,
    /// Rows of a tenant and rows of the literal tenant `@global`.
    TenantOrGlobal,
    /// The table of the tenants themselves.
    Registry,
}

impl Tenancy {
    /// As written in a spec.
    pub fn as_str(self) -> &'static str {
        match self {
            Tenancy::Tenant => "tenant",
            Tenancy::Global => "global",
            Tenancy::TenantOrGlobal => "tenant_or_global",
            Tenancy::Registry => "registry",
        }
    }

    /// Parses what [`Tenancy::as_str`] prints.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Tenancy::Tenant,
            Tenancy::Global,
            Tenancy::TenantOrGlobal,
            Tenancy::Registry,
        ]
        .into_iter()
        .find(|tenancy| tenancy.as_str() == text)
    }

    /// Whether rows carry `tenant_id`.
    pub fn has_tenant(self) -> bool {
        self != Tenancy::Global
    }
}

/// A relation, checked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Table {
    /// The schema's name.
    pub schema: String,
    /// The table's name, that of its file.
    pub name: String,
    /// What one row is.
    pub summary: String,
    /// More about it.
    pub doc: Option<String>,
    /// Whose rows they are.
    pub tenancy: Tenancy,
    /// All columns: the tenant (if any), then those of the file in its order, each promoted path
    /// right after the column it is generated from.
    pub columns: Vec<Arc<Column>>,
    /// The primary key, the tenant first.
    pub key: Vec<Arc<Column>>,
    /// The unique keys beside it.
    pub unique_keys: Vec<UniqueKey>,
    /// The foreign keys.
    pub references: Vec<Reference>,
    /// The indexes.
    pub indexes: Vec<Index>,
    /// The checks, without those that follow from a column's own bounds.
    pub checks: Vec<Check>,
    /// Whether UPDATE and DELETE are refused.
    pub append_only: bool,
    /// Whether rows may be deleted; never those of an append-only table, but by its retention.
    pub deletable: bool,
    /// The column that counts the row's versions.
    pub row_version: Option<Arc<Column>>,
    /// The column that marks a row as deleted.
    pub soft_delete: Option<Arc<Column>>,
    /// What makes it a work queue.
    pub queue: Option<Queue>,
    /// The reads that have names of their own.
    pub finders: Vec<Finder>,
    /// Full-text search.
    pub search: Option<Search>,
    /// How long rows are kept.
    pub retention: Option<Retention>,
    /// How the table is partitioned.
    pub partition: Option<Partition>,
    /// How rows are chained by hashes.
    pub hash_chain: Option<HashChain>,
    /// The table of the schema whose hash chains end here; then only that chain writes it.
    pub chain_of: Option<String>,
    /// How its rows are delivered as events.
    pub outbox: Option<Outbox>,
    /// How the table takes the evidence of system scopes.
    pub evidence: Option<Evidence>,
    /// The rules that the table is excused from.
    pub waivers: Vec<Waiver>,
    /// Where the table is specified.
    pub place: Place,
}
