//! SeaORM's classic entities: a model, its relations, enums as active enums, documents as JSON.

use stellaops_db_spec::model::{Database, Enum, Reference, Schema, Storage, Table};

use crate::scaffolded::{IMPORTS, Item, Scaffolded, camel, module_name, table_module};

/// The release that is measured. Nothing is linked, and no features but the needed ones are on.
pub(crate) const DEPENDENCY: &str = "sea-orm = { version = \"=2.0.4\", default-features = false, features = [\
    \"macros\", \"sqlx-postgres\", \"runtime-tokio\", \"with-chrono\", \"with-json\", \"with-uuid\", \"postgres-array\"] }";

/// The module of a schema.
pub(crate) fn module(database: &Database, schema: &Schema, scaffolded: &Scaffolded) -> String {
    let mut text = String::from(IMPORTS);
    for (item, table) in scaffolded.tables.iter().zip(&schema.tables) {
        text.push_str(&table_module(
            &table.name,
            &entity(database, scaffolded, item, table),
        ));
    }
    for item in &scaffolded.enums {
        let declared = schema
            .enums
            .iter()
            .find(|declared| declared.qualified() == item.source);
        if let Some(declared) = declared {
            text.push_str(&enumeration(item, declared));
        }
    }
    let stored = scaffolded.stored_documents();
    for item in &scaffolded.documents {
        let with = match stored.contains(&item.name) {
            true => ", sea_orm::FromJsonQueryResult",
            false => "",
        };
        text.push_str(&item.derived(with));
    }
    text
}

fn entity(database: &Database, scaffolded: &Scaffolded, item: &Item, table: &Table) -> String {
    let mut text = format!(
        "use sea_orm::entity::prelude::*;\n{}#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]\n\
         #[sea_orm(schema_name = \"{}\", table_name = \"{}\")]\npub struct Model {{\n",
        item.docs(),
        table.schema,
        table.name,
    );
    for (field, column) in item.fields().iter().zip(table.fields()) {
        text.push_str(&format!("/// {}\n", field.doc));
        if table.key.iter().any(|key| key.name == column.name) {
            text.push_str("#[sea_orm(primary_key, auto_increment = false)]\n");
        }
        if field.name != column.name {
            text.push_str(&format!("#[sea_orm(column_name = \"{}\")]\n", column.name));
        }
        let kind = scaffolded.seen_from_inside(&field.kind);
        text.push_str(&format!("pub {}: {kind},\n", field.name));
    }
    text.push_str("}\n");
    text.push_str(&relations(database, table));
    text.push_str("impl ActiveModelBehavior for ActiveModel {}\n");
    text
}

fn relations(database: &Database, table: &Table) -> String {
    let mut variants = String::new();
    let mut related = String::new();
    let mut parents: Vec<&str> = vec![&table.name];
    for reference in &table.references {
        let name: String = reference
            .columns
            .iter()
            .map(|column| camel(&column.name))
            .collect();
        let parent = format!("super::{}", module_name(&reference.parent));
        let (from, to) = columns(database, table, reference);
        variants.push_str(&format!(
            "#[sea_orm(belongs_to = \"{parent}::Entity\", from = \"{}\", to = \"{}\")]\n{name},\n",
            path("Column", &from),
            path(&format!("{parent}::Column"), &to),
        ));
        if !parents.contains(&reference.parent.as_str()) {
            parents.push(&reference.parent);
            related.push_str(&format!(
                "impl Related<{parent}::Entity> for Entity {{\n\
                 fn to() -> RelationDef {{ Relation::{name}.def() }}\n}}\n"
            ));
        }
    }
    format!(
        "#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]\npub enum Relation {{\n{variants}}}\n{related}"
    )
}

/// The columns that point and those that are pointed at, the tenants first.
fn columns(database: &Database, table: &Table, reference: &Reference) -> (Vec<String>, Vec<String>) {
    let mut from: Vec<String> = Vec::new();
    let mut to: Vec<String> = Vec::new();
    let parent = database.table(&format!("{}.{}", reference.parent_schema, reference.parent));
    let own = reference.parent_tenant.as_ref().or(table.tenant_column());
    if let (Some(own), Some(parent)) = (own, parent.and_then(Table::tenant_column)) {
        from.push(own.name.clone());
        to.push(parent.name.clone());
    }
    from.extend(reference.columns.iter().map(|column| column.name.clone()));
    to.extend(reference.parent_columns.iter().cloned());
    (from, to)
}

fn path(of: &str, columns: &[String]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!("{of}::{}", camel(column)))
        .collect();
    match columns.as_slice() {
        [only] => only.clone(),
        many => format!("({})", many.join(", ")),
    }
}

fn enumeration(item: &Item, declared: &Enum) -> String {
    let kind = match declared.storage {
        Storage::SmallInt => "rs_type = \"i16\", db_type = \"SmallInteger\"",
        Storage::Text => "rs_type = \"String\", db_type = \"Text\"",
    };
    let mut text = format!(
        "{}#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sea_orm::EnumIter, \
         sea_orm::DeriveActiveEnum)]\n#[sea_orm({kind})]\npub enum {} {{\n",
        item.docs(),
        item.name
    );
    for (variant, value) in item.variants().iter().zip(&declared.values) {
        let stored = match declared.storage {
            Storage::SmallInt => format!("num_value = {}", value.code),
            Storage::Text => format!("string_value = \"{}\"", value.name),
        };
        text.push_str(&format!("/// {}\n#[sea_orm({stored})]\n{variant},\n", value.name));
    }
    text.push_str("}\n");
    text
}
