//! The checks: catalog and specs in, findings out. Each file is a family; none asks the database anything.

mod database;
mod grant;
mod index;
mod key;
mod owner;
mod policy;
mod reach;
mod role;
mod routine;
mod setting;
mod shape;
mod shared;
mod stranger;
mod system;
mod trigger;
mod unspecified;

use std::collections::BTreeMap;

use stellaops_db_spec::ddl::expected;
use stellaops_db_spec::model::name::{self, Role};
use stellaops_db_spec::model::{Database, Schema, Table, quote_identifier};

pub(super) use role::applications;
pub(super) use routine::is_generated;

use super::audit::{Object, Recorder};
use super::catalog::{Catalog, Name, Relation};

/// What the checks look at.
pub(super) struct Context<'a> {
    pub(super) specs: &'a Database,
    /// The schemas to look at that the database has.
    pub(super) schemas: Vec<&'a Schema>,
    pub(super) catalog: &'a Catalog,
    /// The routines of the files, by name.
    pub(super) routines: BTreeMap<String, expected::Routine>,
}

impl<'a> Context<'a> {
    /// The table itself, and its partitions.
    pub(super) fn relations_of(&self, table: &Table) -> Vec<Name> {
        let partitions = self.catalog.partitions(table).map(Relation::full_name);
        std::iter::once(key_of(table)).chain(partitions).collect()
    }

    /// The names of the schemas to look at.
    fn schema_names(&self) -> Vec<&'a str> {
        self.schemas.iter().map(|schema| schema.name.as_str()).collect()
    }

    /// The tables of the specs that the database has.
    pub(super) fn tables(&self) -> impl Iterator<Item = &'a Table> + '_ {
        let all = self.schemas.iter().flat_map(|schema| &schema.tables);
        all.filter(|table| self.catalog.relation(&table.schema, &table.name).is_some())
    }
}

/// Runs all checks of the catalog.
pub(super) fn run(context: &Context<'_>, recorder: &mut Recorder) {
    shape::check(context, recorder);
    unspecified::check(context, recorder);
    owner::check(context, recorder);
    shared::check(context, recorder);
    stranger::check(context, recorder);
    policy::check(context, recorder);
    routine::check(context, recorder);
    role::check(context, recorder);
    grant::check(context, recorder);
    let applications = role::within_reach(context);
    database::check(context, &applications, recorder);
    system::check(context, &applications, recorder);
    setting::check(context, &applications, recorder);
    reach::check(context, &applications, recorder);
    key::check(context, recorder);
    trigger::check(context, recorder);
    index::check(context, recorder);
}

pub(super) fn key_of(table: &Table) -> Name {
    (table.schema.clone(), table.name.clone())
}

fn role_of(schema: &str, role: Role) -> String {
    name::role(schema, role)
}

/// How to put back what the files make.
pub(super) fn apply(schema: &str) -> String {
    format!("apply the generated schemas/{schema}.sql again")
}

/// A table, or what belongs to it: a partition.
fn object_of<'a>(table: &'a Table, relation: &Name) -> Object<'a> {
    match key_of(table) == *relation {
        true => Object::Table(table),
        false => Object::Of(table, sql_name(relation)),
    }
}

/// How to take away a constraint.
fn drop_constraint(relation: &Name, constraint: &str) -> String {
    format!(
        "ALTER TABLE {} DROP CONSTRAINT {};",
        sql_name(relation),
        quote_identifier(constraint)
    )
}

/// How to take away an index, which lies in the schema of its relation.
fn drop_index((schema, _): &Name, index: &str) -> String {
    format!(
        "DROP INDEX {}.{};",
        quote_identifier(schema),
        quote_identifier(index)
    )
}

/// A role behind TO or FROM.
fn grantee(role: &str) -> String {
    match role {
        "PUBLIC" => role.to_owned(),
        role => quote_identifier(role),
    }
}

/// `<schema>.<name>`, each part quoted where SQL needs it.
pub(super) fn sql_name((schema, name): &Name) -> String {
    format!("{}.{}", quote_identifier(schema), quote_identifier(name))
}
