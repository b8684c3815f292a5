//! Checks that the compiler makes, in our words: whether the type of a field holds its column.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use stellaops_db_spec::model::{ColumnRole, ColumnType};
use syn::spanned::Spanned;

use crate::check::{JoinedColumn, JoinedTable};

/// The checks of a table's fields.
pub(crate) struct Checks {
    /// Those that ask for a trait, by naming a function that asks for it: the compiler tells of all that fail,
    /// so that one body holds them.
    pub(crate) statements: TokenStream,
    /// Those that compare names: each in a constant, because a constant ends at its first fault.
    pub(crate) constants: TokenStream,
}

/// One check a field. `own` is the struct of the table, as a message names it.
pub(crate) fn checks(own: &str, joined: &JoinedTable<'_>) -> Checks {
    let hidden = joined.columns.iter().filter_map(hidden);
    let checks = joined.columns.iter().map(|column| check(own, joined, column));
    let (mut held, mut named): (Vec<TokenStream>, Vec<TokenStream>) = (hidden.collect(), Vec::new());
    for check in checks {
        match check {
            Check::Held(statement) => held.push(statement),
            Check::Named(constant) => named.push(constant),
        }
    }
    Checks {
        statements: quote!(#(#held)*),
        constants: quote!(#(#named)*),
    }
}

/// A check of a field.
enum Check {
    /// A statement.
    Held(TokenStream),
    /// A constant.
    Named(TokenStream),
}

/// Of a sensitive column: whether the type that hides the value is the toolkit's.
fn hidden(checked: &JoinedColumn<'_>) -> Option<TokenStream> {
    let value = &checked.field.value_type;
    let check = quote_spanned! {value.span()=> let _ = __sdb::is_sensitive::<#value>; };
    checked.column.sensitive.then_some(check)
}

fn check(own: &str, joined: &JoinedTable<'_>, checked: &JoinedColumn<'_>) -> Check {
    let tag = match &checked.column.column_type {
        ColumnType::Uuid => match pointed_at(joined, checked) {
            Some(table) => return id(own, joined, checked, &table),
            None => "UuidColumn",
        },
        ColumnType::Enum(declared) => return named(checked, "is_enum", &declared.qualified()),
        ColumnType::Json(shape) => return named(checked, "is_shape", &shape.qualified()),
        _ if checked.column.role == ColumnRole::Tenant => "Tenant",
        ColumnType::Text => "Text",
        ColumnType::SmallInt => "SmallInt",
        ColumnType::Integer => "Integer",
        ColumnType::BigInt => "BigInt",
        ColumnType::Boolean => "Boolean",
        ColumnType::TimestampTz => "TimestampTz",
        ColumnType::Date => "Date",
        ColumnType::Bytea => "Bytea",
        ColumnType::TextArray => "TextArray",
        ColumnType::UuidArray => "UuidArray",
    };
    let (value, tag) = (&checked.field.held_type, format_ident!("{tag}"));
    Check::Held(quote_spanned! {value.span()=> let _ = __sdb::holds::<#value, __sdb::tag::#tag>; })
}

/// The table whose ids a UUID column holds: the parent's, or its own.
fn pointed_at(joined: &JoinedTable<'_>, checked: &JoinedColumn<'_>) -> Option<String> {
    let table = joined.table;
    let reference = table.references.iter().find(|reference| {
        reference
            .id_column()
            .is_some_and(|pointing| pointing.name == checked.column.name)
    });
    if let Some(reference) = reference {
        return Some(format!("{}.{}", reference.parent_schema, reference.parent));
    }
    let own = table.own_key();
    let is_own_id = own.len() == 1 && own.iter().any(|key| key.name == checked.column.name);
    is_own_id.then(|| table.qualified())
}

fn id(own: &str, joined: &JoinedTable<'_>, checked: &JoinedColumn<'_>, table: &str) -> Check {
    let written = match table == joined.table.qualified() {
        true => format!("Id<{own}>"),
        false => format!("Id<…>` with the struct of `{table}"),
    };
    let (value, column, place) = (
        &checked.field.held_type,
        &checked.column.name,
        checked.column.place.to_string(),
    );
    Check::Named(quote_spanned! {value.span()=>
        const _: () = __sdb::is_id_of::<#value>(#column, #table, #written, #place);
    })
}

/// A failed check is shown at the field's type.
fn named(checked: &JoinedColumn<'_>, check: &str, declared: &str) -> Check {
    let (value, check) = (&checked.field.held_type, format_ident!("{check}"));
    let (column, place) = (&checked.column.name, checked.column.place.to_string());
    Check::Named(quote_spanned! {value.span()=>
        const _: () = __sdb::#check::<#value>(#column, #declared, #place);
    })
}
