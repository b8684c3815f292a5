//! The names that are generated for a table: distinct, or the fault is shown here instead of inside
//! generated code.

use quote::ToTokens;
use stellaops_db_spec::rule;
use syn::ext::IdentExt;

use crate::check::JoinedTable;
use crate::fault::Faults;
use crate::input::TableInput;

/// Names of constants, of setters and of types. Says whether all are distinct.
pub(crate) fn check(input: &TableInput, joined: &JoinedTable<'_>, faults: &mut Faults) -> bool {
    let before = faults.len();
    check_constants(input, joined, faults);
    check_types(input, faults);
    check_setters(joined, faults);
    faults.len() == before
}

fn check_constants(input: &TableInput, joined: &JoinedTable<'_>, faults: &mut Faults) {
    let mut taken: Vec<(String, String)> = Vec::new();
    let mut take = |name: String, of: String, at: proc_macro2::TokenStream| match taken
        .iter()
        .find(|(known, _)| *known == name)
    {
        Some((_, other)) => {
            let message = format!("`{}::{name}` would be {of} and {other}", input.ident);
            faults.push(
                rule::NAME_CLASH,
                at,
                &message,
                "rename one of the two, in the spec or with `#[column]`",
            );
        }
        None => taken.push((name, of)),
    };
    for column in &joined.columns {
        let ident = &column.field.ident;
        take(
            column_constant(&ident.unraw().to_string()),
            format!("the column of `{ident}`"),
            ident.to_token_stream(),
        );
    }
    let at = input.table.to_token_stream();
    for column in joined.table.columns.iter().filter(|column| column.is_generated()) {
        take(
            column_constant(&column.name),
            format!("the generated column `{}`", column.name),
            at.clone(),
        );
    }
    for index in joined
        .table
        .indexes
        .iter()
        .filter(|index| !index.order.is_empty())
    {
        take(
            column_constant(&index.name),
            format!("the order `{}`", index.name),
            at.clone(),
        );
    }
    for key in &joined.table.unique_keys {
        take(
            unique_key_constant(&key.name),
            format!("the unique key `{}`", key.name),
            at.clone(),
        );
    }
}

fn check_types(input: &TableInput, faults: &mut Faults) {
    for (position, ident) in input.types().iter().enumerate() {
        if input.types()[..position].contains(ident) {
            let message = format!("two types would be called `{ident}`");
            faults.push(
                rule::NAME_CLASH,
                ident,
                &message,
                "give each generated type a name of its own in `#[table]`",
            );
        }
    }
}

/// A patch has a setter for each field, and one that refuses for each generated column.
fn check_setters(joined: &JoinedTable<'_>, faults: &mut Faults) {
    for column in &joined.columns {
        let name = column.field.ident.unraw().to_string();
        let generated = joined.table.column(&name).filter(|column| column.is_generated());
        if let Some(generated) = generated.filter(|generated| generated.name != column.column.name) {
            let message = format!(
                "the field `{name}` has the name of the generated column `{}`",
                generated.name
            );
            let help = format!("rename the field ({})", generated.place);
            faults.push(rule::NAME_CLASH, &column.field.ident, &message, &help);
        }
    }
}

/// The constant of a column or an order: its name in capitals.
pub(crate) fn column_constant(name: &str) -> String {
    name.to_uppercase()
}

/// The constant of a unique key: its name in capitals, behind a word that no order begins with.
pub(crate) fn unique_key_constant(name: &str) -> String {
    format!("UNIQUE_{}", name.to_uppercase())
}
