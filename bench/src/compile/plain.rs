//! The structs alone: what no library can go below.

use crate::narrow;
use crate::scaffolded::{IMPORTS, Item, Scaffolded, table_module};

/// The module of a schema.
pub(crate) fn module(scaffolded: &Scaffolded) -> String {
    let mut text = String::from(IMPORTS);
    for item in &scaffolded.tables {
        text.push_str(&table_module(item.table(), &row(scaffolded, item)));
    }
    text.push_str(&narrow::module(scaffolded, |item| row(scaffolded, item)));
    for item in scaffolded.enums.iter().chain(&scaffolded.documents) {
        text.push_str(&item.derived(""));
    }
    text
}

fn row(scaffolded: &Scaffolded, item: &Item) -> String {
    let mut text = format!("{}#[derive(Debug, Clone, PartialEq)]\n", item.docs());
    text.push_str(&format!("pub struct {} {{\n", item.name));
    for field in item.fields() {
        let kind = scaffolded.seen_from_inside(&field.kind);
        text.push_str(&format!("/// {}\npub {}: {kind},\n", field.doc, field.name));
    }
    text.push_str("}\n");
    text
}
