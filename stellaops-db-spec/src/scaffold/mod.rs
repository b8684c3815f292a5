//! A first Rust file for a table that has a spec: the struct, its enums and its document types, written
//! as a person would, to be copied and then owned by whoever copies it.

mod document;
mod enumeration;
mod name;
mod row;
mod text;

use std::sync::Arc;

use crate::model::{ColumnType, Enum, MemberType, Schema, Shape, Table};
use text::Source;

/// The struct of a table with everything that it needs; compiles in a package whose specs hold the table,
/// beside the structs of the tables that it points at.
///
/// ```
/// # use stellaops_db_spec::source::{SourceFile, Sources};
/// # let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
/// # let sources = Sources::new(vec![
/// #     file("specs/database.toml", "spec_version = 1\nname = \"shop\"\nsummary = \"A shop.\""),
/// #     file("specs/sales/schema.toml", "summary = \"Orders.\""),
/// #     file("specs/sales/orders.toml", "summary = \"An order.\"\ntenancy = \"tenant\"\n[columns.id]\ntype = \"uuid\"\ndefault = \"uuid_v7\"\ndoc = \"Its id.\"\n[[indexes]]\nname = \"by_age\"\nserved_by = \"primary_key\"\nwhy = \"list all\""),
/// # ]);
/// # let database = stellaops_db_spec::load_sources(&sources).unwrap();
/// let schema = database.schema("sales").unwrap();
/// let source = stellaops_db_spec::scaffold::table(schema, &schema.tables[0]);
/// assert!(source.contains("#[table(\"sales.orders\")]\npub struct Order {\n"));
/// ```
pub fn table(schema: &Schema, table: &Table) -> String {
    tables(schema, &[table])
}

/// The structs of all tables of a schema, one file.
pub fn schema(schema: &Schema) -> String {
    let tables: Vec<&Table> = schema.tables.iter().collect();
    self::tables(schema, &tables)
}

fn tables(schema: &Schema, tables: &[&Table]) -> String {
    let structs = schema.tables.iter().map(|table| name::of_table(&table.name));
    let mut source = Source::beside(structs.collect());
    let mut enums: Vec<&Arc<Enum>> = Vec::new();
    let mut shapes: Vec<&Arc<Shape>> = Vec::new();
    for table in tables {
        row::write(&mut source, table, tables);
        for column in &table.columns {
            match &column.column_type {
                ColumnType::Enum(declared) => add(&mut enums, declared, |known| known.name == declared.name),
                ColumnType::Json(shape) => add_shape(&mut shapes, shape),
                _ => {}
            }
        }
    }
    for declared in enums {
        enumeration::write(&mut source, declared);
    }
    for shape in shapes {
        document::write(&mut source, shape);
    }
    let names = tables.iter().map(|table| table.qualified()).collect::<Vec<_>>();
    let from = match names.as_slice() {
        [name] => name.clone(),
        _ => format!("the schema {}", schema.name),
    };
    source.finish(&from)
}

fn add<'a, T>(list: &mut Vec<&'a T>, item: &'a T, is_known: impl Fn(&T) -> bool) {
    if !list.iter().any(|known| is_known(known)) {
        list.push(item);
    }
}

/// The shape, then what it consists of.
fn add_shape<'a>(shapes: &mut Vec<&'a Arc<Shape>>, shape: &'a Arc<Shape>) {
    if shapes.iter().any(|known| known.name == shape.name) {
        return;
    }
    shapes.push(shape);
    if let crate::model::ShapeBody::OneOf(alternatives) = &shape.body {
        for alternative in alternatives {
            add_shape(shapes, alternative);
        }
    }
    for member in shape.members() {
        let holds_objects = member.member_type.item() == MemberType::Object.item();
        if let Some(part) = member.shape.as_ref().filter(|_| holds_objects) {
            add_shape(shapes, part);
        }
    }
}
