//! The struct of a table.

use crate::model::{Column, ColumnType, Table};
use crate::scaffold::name;
use crate::scaffold::text::{DOCUMENT, ENUM, Source};

/// Writes the struct. `beside` are the tables whose structs stand in the same file; those of others are
/// asked of the module around it.
pub(super) fn write(source: &mut Source, table: &Table, beside: &[&Table]) {
    source.toolkit("Table");
    source.item(&table.summary);
    source.line("#[derive(Debug, Clone, PartialEq, Table)]");
    source.line(&format!("#[table(\"{}\")]", table.qualified()));
    source.line(&format!("pub struct {} {{", name::of_table(&table.name)));
    for column in table.fields() {
        source.doc("    ", column.doc.lines().next().unwrap_or(&column.name));
        let field = name::of_field(&column.name);
        if field != column.name {
            source.line(&format!("    #[column(\"{}\")]", column.name));
        }
        let whole = whole_type(source, table, column, beside);
        source.line(&format!("    pub {field}: {whole},"));
    }
    source.line("}");
}

fn whole_type(source: &mut Source, table: &Table, column: &Column, beside: &[&Table]) -> String {
    let mut whole = value_type(source, table, column, beside);
    if column.sensitive {
        whole = format!("{}<{whole}>", source.toolkit("Sensitive"));
    }
    match column.nullable {
        true => format!("Option<{whole}>"),
        false => whole,
    }
}

fn value_type(source: &mut Source, table: &Table, column: &Column, beside: &[&Table]) -> String {
    if table
        .tenant_column()
        .is_some_and(|tenant| tenant.name == column.name)
    {
        return source.toolkit("TenantId").into();
    }
    match &column.column_type {
        ColumnType::Uuid => uuid(source, table, column, beside),
        ColumnType::Text => "String".into(),
        ColumnType::SmallInt => "i16".into(),
        ColumnType::Integer => "i32".into(),
        ColumnType::BigInt => "i64".into(),
        ColumnType::Boolean => "bool".into(),
        ColumnType::TimestampTz => source.toolkit("Timestamp").into(),
        ColumnType::Date => "chrono::NaiveDate".into(),
        ColumnType::Bytea => "Vec<u8>".into(),
        ColumnType::TextArray => "Vec<String>".into(),
        ColumnType::UuidArray => "Vec<uuid::Uuid>".into(),
        ColumnType::Enum(declared) => source.type_name(&declared.name, ENUM),
        ColumnType::Json(shape) => source.type_name(&shape.name, DOCUMENT),
    }
}

/// The id of the row that it points at, or the row's own; any other uuid is just one.
fn uuid(source: &mut Source, table: &Table, column: &Column, beside: &[&Table]) -> String {
    let mut references = table.references.iter();
    let points =
        references.find(|reference| reference.id_column().is_some_and(|own| own.name == column.name));
    let own = table.own_key();
    let is_own = matches!(own.as_slice(), [key] if key.name == column.name);
    let target = match points {
        Some(reference) => &reference.parent,
        None if is_own => &table.name,
        None => return "uuid::Uuid".into(),
    };
    let name = name::of_table(target);
    let is_beside = beside.iter().any(|table| table.name == *target);
    let path = if is_beside { name } else { format!("super::{name}") };
    format!("{}<{path}>", source.toolkit("Id"))
}
