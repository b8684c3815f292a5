//! A struct against its table.

use heck::ToUpperCamelCase;
use proc_macro2::Literal;
use stellaops_db_spec::diagnostic::nearest;
use stellaops_db_spec::model::{Column, ColumnRole, ColumnType, Schema, Table};
use stellaops_db_spec::rule;
use syn::LitStr;

use crate::check::names;
use crate::fault::{Faults, known_words};
use crate::input::{FieldInput, TableInput, in_words};
use crate::specs::Specs;

/// A struct and its table: each column with its field.
#[derive(Debug)]
pub(crate) struct JoinedTable<'a> {
    /// The table.
    pub(crate) table: &'a Table,
    /// All columns in the descriptor's order.
    pub(crate) described: Vec<&'a Column>,
    /// The columns that are fields, in the order that statements select them. After a fault, those
    /// that have a field.
    pub(crate) columns: Vec<JoinedColumn<'a>>,
}

/// A column and its field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JoinedColumn<'a> {
    /// The column.
    pub(crate) column: &'a Column,
    /// The field.
    pub(crate) field: &'a FieldInput,
    /// The position in the descriptor.
    pub(crate) position: usize,
    /// Whether a patch may set it.
    pub(crate) is_patchable: bool,
    /// Whether compare-and-swap may change it.
    pub(crate) is_swappable: bool,
}

impl JoinedColumn<'_> {
    /// The position as it is written.
    pub(crate) fn literal(&self) -> Literal {
        Literal::usize_unsuffixed(self.position)
    }
}

impl<'a> JoinedTable<'a> {
    pub(super) fn new(table: &'a Table) -> Self {
        let generated = table.columns.iter().filter(|column| column.is_generated());
        let described = table.fields().into_iter().chain(generated);
        JoinedTable {
            table,
            described: described.map(AsRef::as_ref).collect(),
            columns: Vec::new(),
        }
    }

    /// The field of a column.
    pub(crate) fn joined(&self, column: &Column) -> Option<&JoinedColumn<'a>> {
        self.columns
            .iter()
            .find(|joined| joined.column.name == column.name)
    }

    /// Whether a column is a foreign key to the key of another row.
    pub(crate) fn points(&self, column: &Column) -> bool {
        let mut references = self.table.references.iter();
        references.any(|reference| {
            let id = reference.id_column();
            id.is_some_and(|pointing| {
                pointing.name == column.name && pointing.column_type == ColumnType::Uuid
            })
        })
    }

    /// The position of a column in the descriptor: fields first, then generated columns.
    pub(crate) fn position(&self, column: &Column) -> Literal {
        let mut all = self.described.iter();
        let position = all.position(|known| known.name == column.name);
        Literal::usize_unsuffixed(position.unwrap_or_default())
    }
}

/// The table that an attribute names.
pub(super) fn named<'a>(written: &LitStr, specs: &'a Specs, faults: &mut Faults) -> Option<&'a Table> {
    let found = specs.schema.tables.iter().find(|table| table.name == specs.name);
    if found.is_none() {
        unknown_table(written, specs, faults);
    }
    found
}

/// The table that the struct names, and the fields that are its columns.
pub(crate) fn table<'a>(
    input: &'a TableInput,
    specs: &'a Specs,
    faults: &mut Faults,
) -> Option<JoinedTable<'a>> {
    let table = named(input.table.as_ref()?, specs, faults)?;
    let mut joined = JoinedTable::new(table);
    if input.has_fields {
        let is_one_of = |columns: &[&std::sync::Arc<Column>], column: &Column| {
            columns.iter().any(|known| known.name == column.name)
        };
        let (patchable, swappable) = (table.patchable(), table.swappable());
        let mut misspelt = Vec::new();
        for field in &input.fields {
            check_field(&input.fields, table, field, false, &mut misspelt, faults);
        }
        for (position, column) in table.fields().into_iter().enumerate() {
            match input.fields.iter().find(|field| field.column == column.name) {
                Some(field) => joined.columns.push(JoinedColumn {
                    column,
                    field,
                    position,
                    is_patchable: is_one_of(&patchable, column),
                    is_swappable: is_one_of(&swappable, column),
                }),
                None if misspelt.contains(&column.name.as_str()) => {}
                None => missing_field(input, &specs.schema, table, column, faults),
            }
        }
    }
    // With two of one name nothing can be emitted that type-checks but the bare types.
    names::check(input, &joined, faults).then_some(joined)
}

fn unknown_table(written: &LitStr, specs: &Specs, faults: &mut Faults) {
    let Schema {
        name: schema, tables, ..
    } = specs.schema.as_ref();
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let help = match nearest(&specs.name, names.iter().copied()) {
        Some(near) => format!("there is `{schema}.{near}`"),
        None => format!(
            "write `specs/{schema}/{}.toml`; {}",
            specs.name,
            known_words("table yet", &names)
        ),
    };
    let message = format!("there is no table `{schema}.{}`", specs.name);
    faults.push(rule::UNKNOWN_TABLE, written, &message, &help);
}

/// Checks one field. Columns that a misspelt field means are remembered, so that they are not
/// reported as missing as well. What the database computes is read, and never a field of the table's own struct.
pub(super) fn check_field<'a>(
    fields: &[FieldInput],
    table: &'a Table,
    field: &FieldInput,
    is_read_only: bool,
    misspelt: &mut Vec<&'a str>,
    faults: &mut Faults,
) {
    let twin = fields.iter().find(|other| other.column == field.column);
    if let Some(twin) = twin.filter(|twin| !std::ptr::eq(*twin, field)) {
        let message = format!("`{}` is the column of `{}` too", field.column, twin.ident);
        faults.push(
            rule::DOUBLED_FIELD,
            &field.ident,
            &message,
            "keep one of the two fields",
        );
        return;
    }
    match table.column(&field.column) {
        None => unknown_field(fields, table, field, misspelt, faults),
        Some(column) if column.is_generated() && !is_read_only => {
            let message = format!("`{}` is a generated column", column.name);
            let help = format!(
                "the database computes it ({}): remove the field, read the document instead",
                column.place
            );
            faults.push(rule::GENERATED_FIELD, &field.ident, &message, &help);
        }
        Some(column) => {
            check_option(column, field, faults);
            check_sensitive(column, field, faults);
        }
    }
}

fn check_sensitive(column: &Column, field: &FieldInput, faults: &mut Faults) {
    let held = in_words(&field.held_type);
    if column.sensitive && !field.is_sensitive {
        let message = format!("`{}` is sensitive, and `{held}` shows its value", column.name);
        let help = format!("write `Sensitive<{held}>` ({})", column.place);
        faults.push(rule::SENSITIVE_FIELD, &field.value_type, &message, &help);
    } else if !column.sensitive && field.is_sensitive {
        let message = format!("`{}` is not sensitive", column.name);
        let help = format!(
            "write `{held}`, or `sensitive = true` in the spec ({})",
            column.place
        );
        faults.push(rule::OPEN_FIELD, &field.value_type, &message, &help);
    }
}

fn check_option(column: &Column, field: &FieldInput, faults: &mut Faults) {
    let written = in_words(&field.written_type);
    if column.nullable && !field.is_option {
        let message = format!("`{}` may be NULL, and `{written}` holds no NULL", column.name);
        let help = format!(
            "write `Option<{written}>`, or take `nullable` out of the spec ({})",
            column.place
        );
        faults.push(rule::NULLABLE_FIELD, &field.written_type, &message, &help);
    } else if !column.nullable && field.is_option {
        let message = format!("`{}` is never NULL", column.name);
        let inside = in_words(&field.value_type);
        let help = format!(
            "write `{inside}`, or `nullable = true` in the spec ({})",
            column.place
        );
        faults.push(rule::OPTION_FIELD, &field.written_type, &message, &help);
    }
}

fn unknown_field<'a>(
    fields: &[FieldInput],
    table: &'a Table,
    field: &FieldInput,
    misspelt: &mut Vec<&'a str>,
    faults: &mut Faults,
) {
    let is_free = |column: &&&'a Column| !fields.iter().any(|other| other.column == column.name);
    let columns: Vec<&Column> = table.fields().into_iter().map(AsRef::as_ref).collect();
    let free: Vec<&str> = columns
        .iter()
        .filter(is_free)
        .map(|column| column.name.as_str())
        .collect();
    let near = nearest(&field.column, free.iter().copied()).and_then(|near| table.column(near));
    let help = match near {
        Some(column) => {
            misspelt.push(&column.name);
            let name = &column.name;
            format!(
                "there is a column `{name}` ({}); rename the field, or map it with `#[column(\"{name}\")]`",
                column.place
            )
        }
        None if free.is_empty() => format!(
            "all columns have their field: remove this one, or add the column ({})",
            table.place
        ),
        None => format!("columns without a field: {}", crate::fault::quoted(&free)),
    };
    let message = format!("`{}` has no column `{}`", table.qualified(), field.column);
    faults.push(rule::UNKNOWN_FIELD, &field.ident, &message, &help);
}

fn missing_field(input: &TableInput, schema: &Schema, table: &Table, column: &Column, faults: &mut Faults) {
    let example = match syn::parse_str::<syn::Ident>(&column.name) {
        Ok(_) => format!(
            "pub {}: {}",
            column.name,
            example_type(input, schema, table, column)
        ),
        // A key word of Rust is no field's name.
        Err(_) => format!(
            "#[column(\"{}\")] pub …: {}",
            column.name,
            example_type(input, schema, table, column)
        ),
    };
    let (rule, message) = match column.role {
        ColumnRole::Tenant => (
            rule::NO_TENANT_FIELD,
            format!(
                "`{}` has no `tenant_id`, and rows of `{}` belong to a tenant",
                input.ident,
                table.qualified()
            ),
        ),
        _ => (
            rule::MISSING_FIELD,
            format!("`{}` has no field for the column `{}`", input.ident, column.name),
        ),
    };
    faults.push(
        rule,
        &input.ident,
        &message,
        &format!("add `{example}` ({})", column.place),
    );
}

/// The type that a field would have, for a message.
fn example_type(input: &TableInput, schema: &Schema, table: &Table, column: &Column) -> String {
    let reference = table.references.iter().find(|reference| {
        reference
            .id_column()
            .is_some_and(|pointing| pointing.name == column.name)
    });
    let plain: String = match &column.column_type {
        _ if column.role == ColumnRole::Tenant => "TenantId".into(),
        ColumnType::Uuid => match reference {
            Some(reference) => format!("Id<…> of `{}.{}`", schema.name, reference.parent),
            None if column.role == ColumnRole::Key => format!("Id<{}>", input.ident),
            None => "Uuid".into(),
        },
        ColumnType::Text => "String".into(),
        ColumnType::SmallInt => "i16".into(),
        ColumnType::Integer => "i32".into(),
        ColumnType::BigInt => "i64".into(),
        ColumnType::Boolean => "bool".into(),
        ColumnType::TimestampTz => "Timestamp".into(),
        ColumnType::Date => "NaiveDate".into(),
        ColumnType::Bytea => "Vec<u8>".into(),
        ColumnType::TextArray => "Vec<String>".into(),
        ColumnType::UuidArray => "Vec<Uuid>".into(),
        ColumnType::Enum(declared) => declared.name.to_upper_camel_case(),
        ColumnType::Json(shape) => shape.name.to_upper_camel_case(),
    };
    let plain = match column.sensitive {
        true => format!("Sensitive<{plain}>"),
        false => plain,
    };
    if column.nullable {
        format!("Option<{plain}>")
    } else {
        plain
    }
}
