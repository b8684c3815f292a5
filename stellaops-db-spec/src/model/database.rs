use std::sync::Arc;

use crate::model::{Enum, Shape, Table};

/// All schemas of a specs folder.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Database {
    /// The database's name.
    pub name: String,
    /// What it is for.
    pub summary: String,
    /// More about it: what holds in all its schemas.
    pub doc: Option<String>,
    /// The schemas, sorted by name. Schemas never refer to each other, so any order is right.
    pub schemas: Vec<Schema>,
}

/// A schema: the tables that one service owns.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Schema {
    /// The schema's name, that of its folder.
    pub name: String,
    /// What it holds.
    pub summary: String,
    /// The service that owns it.
    pub service: Option<String>,
    /// More about it.
    pub doc: Option<String>,
    /// Its enums, those of schema.toml first, then those of the tables, sorted by file.
    pub enums: Vec<Arc<Enum>>,
    /// Its JSONB shapes, in the same order.
    pub shapes: Vec<Arc<Shape>>,
    /// Its tables: parents before children, then by name.
    pub tables: Vec<Table>,
}

impl Database {
    /// The schema of that name.
    pub fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name == name)
    }

    /// All tables, schema by schema, parents first.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.schemas.iter().flat_map(|schema| &schema.tables)
    }

    /// The table `<schema>.<table>`.
    pub fn table(&self, qualified: &str) -> Option<&Table> {
        self.tables().find(|table| table.qualified() == qualified)
    }
}
