//! The ways of writing the tables.

use stellaops_db_spec::model::{Database, Schema};

use crate::scaffolded::Scaffolded;
use crate::{diesel, plain, sea_orm, toolkit};

/// A way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Structs, enums and documents with serde, and nothing that reads or writes them.
    Plain,
    Toolkit,
    SeaOrm,
    Diesel,
}

impl Way {
    pub(crate) const ALL: [Way; 4] = [Way::Plain, Way::Toolkit, Way::SeaOrm, Way::Diesel];

    /// As the report names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Way::Plain => "plain structs",
            Way::Toolkit => "stellaops-db",
            Way::SeaOrm => "SeaORM 2.0.4",
            Way::Diesel => "Diesel 2.3.14",
        }
    }

    /// The folder of its package; the package is called `compile-<folder>`.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Way::Plain => "plain",
            Way::Toolkit => "toolkit",
            Way::SeaOrm => "sea-orm",
            Way::Diesel => "diesel",
        }
    }

    /// What it depends on beside chrono, serde and uuid.
    pub(crate) fn dependency(self) -> String {
        match self {
            Way::Plain => String::new(),
            Way::Toolkit => toolkit::dependency(),
            Way::SeaOrm => sea_orm::DEPENDENCY.into(),
            Way::Diesel => diesel::DEPENDENCY.into(),
        }
    }

    /// The module of a schema: a module a table, and the enums and documents beside them.
    pub(crate) fn module(self, database: &Database, schema: &Schema) -> String {
        let scaffolded = Scaffolded::new(schema);
        match self {
            Way::Plain => plain::module(&scaffolded),
            Way::Toolkit => toolkit::module(&scaffolded),
            Way::SeaOrm => sea_orm::module(database, schema, &scaffolded),
            Way::Diesel => diesel::module(schema, &scaffolded),
        }
    }
}
