//! What a table needs to know of the others: their names in the specs, and whose rows they hold.

use std::collections::BTreeMap;

use stellaops_db_spec::model::Tenancy;

use super::catalog::{Catalog, Relation};
use super::name::Names;

/// All tables, by name.
pub(super) struct World<'a> {
    catalog: &'a Catalog,
    schemas: Names,
    tables: BTreeMap<&'a str, Names>,
}

impl<'a> World<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        let schemas = Names::of(catalog.schemas.iter().map(|schema| schema.name.as_str()));
        let tables_of = |schema: &str| {
            let relations = catalog
                .relations
                .iter()
                .filter(move |found| found.schema == schema);
            Names::of(relations.map(|found| found.name.as_str()))
        };
        let tables = catalog.schemas.iter();
        World {
            catalog,
            schemas,
            tables: tables
                .map(|schema| (schema.name.as_str(), tables_of(&schema.name)))
                .collect(),
        }
    }

    pub(super) fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    pub(super) fn schema_name(&self, original: &str) -> String {
        self.schemas.get(original)
    }

    pub(super) fn table_name(&self, schema: &str, original: &str) -> String {
        let tables = self.tables.get(schema);
        tables.map_or_else(|| original.to_owned(), |names| names.get(original))
    }

    pub(super) fn relation(&self, schema: &str, name: &str) -> Option<&'a Relation> {
        let mut relations = self.catalog.relations.iter();
        relations.find(|relation| relation.schema == schema && relation.name == name)
    }

    /// Whose rows the table holds, by its columns, key, checks and policies.
    pub(super) fn tenancy(&self, relation: &Relation) -> Tenancy {
        if !relation.columns.iter().any(|column| column.name == "tenant_id") {
            return Tenancy::Global;
        }
        let is_global =
            |text: &Option<String>| text.as_deref().is_some_and(|text| text.contains("'@global'"));
        if relation.policies.iter().any(|policy| is_global(&policy.visible)) {
            return Tenancy::TenantOrGlobal;
        }
        let is_registry = relation.constraints.iter().any(|constraint| {
            constraint.kind == "c" && constraint.definition.contains("(tenant_id <> '@global'::text)")
        });
        match is_registry && key(relation) == ["tenant_id"] {
            true => Tenancy::Registry,
            false => Tenancy::Tenant,
        }
    }
}

/// The columns of the primary key.
pub(super) fn key(relation: &Relation) -> &[String] {
    let mut constraints = relation.constraints.iter();
    let primary = constraints.find(|constraint| constraint.kind == "p");
    primary.map_or(&[], |constraint| constraint.columns.as_slice())
}
