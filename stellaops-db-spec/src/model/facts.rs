//! What follows from a table: asked here, never worked out in an emitter.

use std::sync::Arc;

use crate::model::{
    Column, ColumnRole, ColumnType, Index, Literal, OrderColumn, Retention, Scope, Table, Tenancy,
    quote_identifier, quote_literal,
};

impl Table {
    /// `<schema>.<table>`, as a struct's attribute names it.
    pub fn qualified(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// `<schema>.<table>`, each part quoted where SQL needs it.
    pub fn sql_name(&self) -> String {
        format!(
            "{}.{}",
            quote_identifier(&self.schema),
            quote_identifier(&self.name)
        )
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Arc<Column>> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column that holds the tenant.
    pub fn tenant_column(&self) -> Option<&Arc<Column>> {
        self.columns
            .iter()
            .find(|column| column.role == ColumnRole::Tenant)
    }

    /// The key without the tenant: what a caller passes to name a row.
    pub fn own_key(&self) -> Vec<&Arc<Column>> {
        self.key
            .iter()
            .filter(|column| column.role != ColumnRole::Tenant)
            .collect()
    }

    /// The columns that are fields of the struct, in the order that every statement selects them.
    pub fn fields(&self) -> Vec<&Arc<Column>> {
        self.columns.iter().filter(|column| column.is_field()).collect()
    }

    /// The columns that an INSERT names, in the order of its parameters.
    pub fn inserted(&self) -> Vec<&Arc<Column>> {
        self.columns
            .iter()
            .filter(|column| column.is_inserted())
            .collect()
    }

    /// The columns that a patch may set, in the order of its mask.
    pub fn patchable(&self) -> Vec<&Arc<Column>> {
        if self.append_only {
            return Vec::new();
        }
        self.columns
            .iter()
            .filter(|column| column.role.is_patchable())
            .collect()
    }

    /// The columns that every update sets to the clock.
    pub fn touched(&self) -> Vec<&Arc<Column>> {
        self.columns
            .iter()
            .filter(|column| column.role == ColumnRole::Touched)
            .collect()
    }

    /// The columns that compare-and-swap may change.
    pub fn swappable(&self) -> Vec<&Arc<Column>> {
        if self.append_only {
            return Vec::new();
        }
        self.columns
            .iter()
            .filter(|column| column.compare_and_swap)
            .collect()
    }

    /// The status columns, whose steps a trigger watches.
    pub fn statuses(&self) -> Vec<&Arc<Column>> {
        self.columns
            .iter()
            .filter(|column| column.role == ColumnRole::Status)
            .collect()
    }

    /// The index of that name.
    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// The indexes that are made; the other orders are served by the index of a key.
    pub fn made_indexes(&self) -> impl Iterator<Item = &Index> {
        self.indexes.iter().filter(|index| index.is_made())
    }

    /// Whether an application may delete a row.
    pub fn is_deletable(&self) -> bool {
        self.deletable && !self.append_only
    }

    /// How long rows are kept before a purge may delete them; a partitioned table is never purged, its
    /// months are detached.
    pub fn purged_after(&self) -> Option<&Retention> {
        self.retention.as_ref().filter(|_| self.partition.is_none())
    }

    /// Whether rows are the system's evidence, or the end of its chain: those of [`crate::model::SYSTEM_TENANT`] are read by
    /// no application.
    pub fn holds_evidence(&self) -> bool {
        self.evidence.is_some() || self.chain_of.is_some()
    }

    /// Whether rows are under row-level security.
    pub fn is_row_secured(&self) -> bool {
        self.tenancy != Tenancy::Global
    }
}

impl Index {
    /// Whether there is an index for it, and not a key's that serves it.
    pub fn is_made(&self) -> bool {
        self.served_by.is_none()
    }

    /// Every column of the index in order, without the tenant in front: pins, then the order.
    pub fn columns(&self) -> impl Iterator<Item = &Arc<Column>> {
        self.pinned
            .iter()
            .chain(self.indexed_order().map(|ordered| &ordered.column))
    }

    /// The part of the order that the index itself holds: all of it, but for a tenant that breaks ties
    /// between a tenant's rows and those of `@global`, since the index begins with the tenant.
    pub fn indexed_order(&self) -> impl Iterator<Item = &OrderColumn> {
        let leads = self.scope == Scope::Tenant;
        self.order
            .iter()
            .filter(move |ordered| !(leads && ordered.column.role == ColumnRole::Tenant))
    }
}

impl Column {
    /// The name quoted for SQL.
    pub fn sql_name(&self) -> String {
        quote_identifier(&self.name)
    }

    /// The declared enum of the column, if it is one.
    pub fn declared_enum(&self) -> Option<&Arc<crate::model::Enum>> {
        match &self.column_type {
            ColumnType::Enum(declared) => Some(declared),
            _ => None,
        }
    }

    /// A literal of the column in SQL.
    pub fn sql_literal(&self, literal: &Literal) -> String {
        match literal {
            Literal::Text(digits) if self.column_type == ColumnType::Bytea => {
                quote_literal(&format!("\\x{digits}"))
            }
            Literal::Text(text) => quote_literal(text),
            Literal::Integer(number) => number.to_string(),
            Literal::Boolean(truth) => truth.to_string(),
            Literal::TextList(texts) if texts.is_empty() => "'{}'".into(),
            Literal::TextList(texts) => {
                let items: Vec<String> = texts.iter().map(|text| quote_literal(text)).collect();
                format!("ARRAY[{}]::{}", items.join(", "), self.column_type.sql())
            }
            Literal::EnumValue(value) => {
                let found = self
                    .declared_enum()
                    .and_then(|declared| Some(declared.sql_literal(declared.value(value)?)));
                found.unwrap_or_else(|| quote_literal(value))
            }
        }
    }
}
