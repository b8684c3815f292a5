//! The struct of a table.

use crate::model::{Column, ColumnType, Table};
use crate::scaffold::name;
use crate::scaffold::text::Source;

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
    let json = |name: &str| name::of_type(name);
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
        ColumnType::Enum(declared) => json(&declared.name),
        ColumnType::Json(shape) => json(&shape.name),
    }
}

/// A row's own id, or that of the row that it points at; any other uuid is just one.
fn uuid(source: &mut Source, table: &Table, column: &Column, beside: &[&Table]) -> String {
    let own = table.own_key();
    if let [key] = own.as_slice()
        && key.name == column.name
    {
        return format!("{}<{}>", source.toolkit("Id"), name::of_table(&table.name));
    }
    let mut references = table.references.iter();
    let points =
        references.find(|reference| reference.id_column().is_some_and(|own| own.name == column.name));
    match points {
        None => "uuid::Uuid".into(),
        Some(reference) => {
            let parent = name::of_table(&reference.parent);
            let is_beside = beside.iter().any(|table| table.name == reference.parent);
            let path = if is_beside {
                parent
            } else {
                format!("super::{parent}")
            };
            format!("{}<{path}>", source.toolkit("Id"))
        }
    }
}
