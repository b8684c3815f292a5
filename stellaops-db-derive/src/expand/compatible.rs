//! Checks that the compiler makes, in our words: whether the type of a field holds its column.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use stellaops_db_spec::model::{ColumnRole, ColumnType};
use stellaops_db_spec::rule;
use syn::spanned::Spanned;

use crate::check::{JoinedColumn, JoinedTable};
use crate::fault;
use crate::input::TableInput;

/// One check a field.
pub(crate) fn checks(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    joined
        .columns
        .iter()
        .map(|column| {
            let held = check(input, joined, column);
            let hidden = hidden(column);
            quote!(#held #hidden)
        })
        .collect()
}

/// Of a sensitive column: whether the type that hides the value is the toolkit's.
fn hidden(checked: &JoinedColumn<'_>) -> Option<TokenStream> {
    let value = &checked.field.value_type;
    let check = quote_spanned! {value.span()=> const _: () = __sdb::is_sensitive::<#value>(); };
    checked.column.sensitive.then_some(check)
}

fn check(input: &TableInput, joined: &JoinedTable<'_>, checked: &JoinedColumn<'_>) -> TokenStream {
    let value = &checked.field.held_type;
    match &checked.column.column_type {
        ColumnType::Uuid => match pointed_at(joined, checked) {
            Some(table) => id(input, checked, &table),
            None => holds(checked, "UuidColumn"),
        },
        ColumnType::Enum(declared) => {
            let message = format!(
                "the column `{}` is a `{}`",
                checked.column.name,
                declared.qualified()
            );
            let help = format!(
                "use the type with `#[db_enum(\"{}\")]` ({})",
                declared.qualified(),
                checked.column.place
            );
            let text = fault::text(rule::WRONG_ENUM, &message, &help);
            let name = declared.qualified();
            assertion(
                checked,
                &quote!(__sdb::same(<#value as __sdb::DbEnum>::DESCRIPTOR.name, #name)),
                &text,
            )
        }
        ColumnType::Json(shape) => {
            let message = format!(
                "the column `{}` is a `{}`",
                checked.column.name,
                shape.qualified()
            );
            let help = format!(
                "use the type with `#[jsonb(\"{}\")]` ({})",
                shape.qualified(),
                checked.column.place
            );
            let text = fault::text(rule::WRONG_SHAPE, &message, &help);
            let name = shape.qualified();
            assertion(
                checked,
                &quote!(__sdb::same(<#value as __sdb::JsonShape>::DESCRIPTOR.name, #name)),
                &text,
            )
        }
        _ if checked.column.role == ColumnRole::Tenant => holds(checked, "Tenant"),
        ColumnType::Text => holds(checked, "Text"),
        ColumnType::SmallInt => holds(checked, "SmallInt"),
        ColumnType::Integer => holds(checked, "Integer"),
        ColumnType::BigInt => holds(checked, "BigInt"),
        ColumnType::Boolean => holds(checked, "Boolean"),
        ColumnType::TimestampTz => holds(checked, "TimestampTz"),
        ColumnType::Date => holds(checked, "Date"),
        ColumnType::Bytea => holds(checked, "Bytea"),
        ColumnType::TextArray => holds(checked, "TextArray"),
        ColumnType::UuidArray => holds(checked, "UuidArray"),
    }
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

fn holds(checked: &JoinedColumn<'_>, tag: &str) -> TokenStream {
    let value = &checked.field.held_type;
    let tag = format_ident!("{tag}");
    quote_spanned! {value.span()=> const _: () = __sdb::holds::<#value, __sdb::tag::#tag>(); }
}

fn id(input: &TableInput, checked: &JoinedColumn<'_>, table: &str) -> TokenStream {
    let value = &checked.field.held_type;
    let name = &checked.column.name;
    let (message, help) = if table == input.table.as_ref().map(syn::LitStr::value).unwrap_or_default() {
        (
            format!("`{name}` is the id of `{table}` itself"),
            format!("write `Id<{}>`", input.ident),
        )
    } else {
        (
            format!("`{name}` points at `{table}`"),
            format!("write `Id<…>` with the struct of `{table}`"),
        )
    };
    let help = format!("{help}, or a plain `Uuid` ({})", checked.column.place);
    let text = fault::text(rule::FOREIGN_ID, &message, &help);
    assertion(checked, &quote!(__sdb::is_id_of::<#value>(#table)), &text)
}

/// A failed assertion is shown at the field's type.
fn assertion(checked: &JoinedColumn<'_>, condition: &TokenStream, text: &str) -> TokenStream {
    let span = checked.field.held_type.span();
    quote_spanned! {span=> const _: () = ::core::assert!(#condition, #text); }
}
