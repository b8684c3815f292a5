use std::sync::Arc;

use crate::model::{Column, Tenancy};
use crate::source::Place;

/// What happens to a row when the row it points at is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// The parent cannot be deleted.
    Restrict,
    /// The row goes with it.
    Cascade,
    /// The reference becomes NULL; the tenant stays.
    SetNull,
}

/// A foreign key: columns of this table, with the tenant, to a key of another.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reference {
    /// The columns that point, without the tenant.
    pub columns: Vec<Arc<Column>>,
    /// The column with the parent's tenant, when the parent is `tenant_or_global`.
    pub parent_tenant: Option<Arc<Column>>,
    /// The parent's schema.
    pub parent_schema: String,
    /// The parent's name.
    pub parent: String,
    /// The parent's tenancy.
    pub parent_tenancy: Tenancy,
    /// The parent's unique key that is pointed at; none for its primary key.
    pub key: Option<String>,
    /// The columns of that key without the tenant, one for each of `columns`.
    pub parent_columns: Vec<String>,
    /// The nullable ones of `columns` that hold nothing but this reference: a row without the reference
    /// has NULL in all of them, and the delete rule `set_null` clears them.
    pub cleared: Vec<Arc<Column>>,
    /// The delete rule.
    pub on_delete: OnDelete,
    /// What it keeps true, where the spec says so.
    pub why: Option<String>,
    /// Where it is specified.
    pub place: Place,
}

impl Reference {
    /// The column that says whose row is pointed at; none for a parent without tenants.
    pub fn tenant_column(&self) -> Option<&str> {
        match &self.parent_tenant {
            Some(column) => Some(&column.name),
            None if self.parent_tenancy.has_tenant() => Some("tenant_id"),
            None => None,
        }
    }

    /// The column that holds the parent's whole primary key, beside the tenant.
    pub fn id_column(&self) -> Option<&Arc<Column>> {
        self.only_column().filter(|_| self.key.is_none())
    }

    /// The column that points, if it is one alone.
    pub fn only_column(&self) -> Option<&Arc<Column>> {
        match self.columns.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The columns of which some may be NULL while others are not: PostgreSQL does not look for the
    /// parent of such a row, so a check refuses it.
    pub fn half_filled(&self) -> Vec<&Arc<Column>> {
        let nullable: Vec<_> = self.columns.iter().filter(|column| column.nullable).collect();
        match nullable.len() > 1 && !self.cleared.is_empty() {
            true => nullable,
            false => Vec::new(),
        }
    }
}

/// A condition that every row fulfils.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Check {
    /// The name in the spec.
    pub name: String,
    /// The SQL condition.
    pub expression: String,
    /// What bad data it keeps out.
    pub why: String,
    /// Where it is specified.
    pub place: Place,
}
