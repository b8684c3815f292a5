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

/// A foreign key: one column of this table, with the tenant, to the key of another.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reference {
    /// The column that points.
    pub column: Arc<Column>,
    /// The column with the parent's tenant, when the parent is `tenant_or_global`.
    pub parent_tenant: Option<Arc<Column>>,
    /// The parent's schema.
    pub parent_schema: String,
    /// The parent's name.
    pub parent: String,
    /// The parent's tenancy.
    pub parent_tenancy: Tenancy,
    /// The parent's key column without the tenant.
    pub parent_column: String,
    /// The delete rule.
    pub on_delete: OnDelete,
    /// Where it is specified.
    pub place: Place,
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
