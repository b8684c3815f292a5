//! The written specification: `SPECIFICATION.md`, made from the same model as the SQL, so that prose
//! and machine cannot disagree.
//!
//! One file an idea: [`conventions`] says what holds everywhere, [`schema`] a schema with its diagram,
//! [`table`] a table and [`column`] its columns, [`shape`] a document, [`diagram`] draws, [`markdown`] knows
//! how text becomes a cell or a heading.

mod column;
mod conventions;
mod diagram;
mod markdown;
mod schema;
mod shape;
mod table;

use crate::model::{Database, Schema, Table};
use markdown::{Page, code, plural};

/// The specification of a database as one Markdown page with Mermaid diagrams.
///
/// ```
/// # use stellaops_db_spec::source::{SourceFile, Sources};
/// # let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
/// # let sources = Sources::new(vec![
/// #     file("specs/database.toml", "spec_version = 1\nname = \"shop\"\nsummary = \"A shop.\""),
/// #     file("specs/sales/schema.toml", "summary = \"Orders.\""),
/// #     file("specs/sales/orders.toml", "summary = \"An order.\"\ntenancy = \"tenant\"\n[columns.id]\ntype = \"uuid\"\ndefault = \"uuid_v7\"\ndoc = \"Its id.\"\n[[indexes]]\nname = \"by_age\"\norder = [\"id\"]\nserved_by = \"primary_key\"\nwhy = \"list all\""),
/// # ]);
/// # let database = stellaops_db_spec::load_sources(&sources).unwrap();
/// let page = stellaops_db_spec::doc::specification(&database);
/// assert!(page.contains("### sales.orders\n\nAn order.\n"));
/// ```
pub fn specification(database: &Database) -> String {
    let mut page = Page::new(&format!("The database `{}`", database.name));
    page.paragraph(&database.summary);
    if let Some(doc) = &database.doc {
        page.paragraph(doc);
    }
    contents(&mut page, database);
    conventions::write(&mut page, database);
    waivers(&mut page, database);
    for schema in &database.schemas {
        schema::write(&mut page, schema);
        for table in &schema.tables {
            table::write(&mut page, schema, table);
        }
        shape::write_all(&mut page, schema);
    }
    page.finish()
}

fn contents(page: &mut Page, database: &Database) {
    page.heading(2, "Contents");
    let number = database.tables().count();
    page.paragraph(&format!(
        "{}, {}.",
        plural(number, "table"),
        plural(database.schemas.len(), "schema")
    ));
    page.row(&["schema", "service", "tables"]);
    page.rule(3);
    for schema in &database.schemas {
        let tables: Vec<String> = schema.tables.iter().map(link).collect();
        page.row(&[
            &format!("[`{0}`](#schema-{0})", schema.name),
            schema.service.as_deref().unwrap_or_default(),
            &tables.join(", "),
        ]);
    }
}

/// A link to the table's section.
fn link(table: &Table) -> String {
    format!("[`{}`](#{})", table.name, markdown::anchor(&table.qualified()))
}

fn waivers(page: &mut Page, database: &Database) {
    let excused: Vec<(&Schema, &Table)> = database
        .schemas
        .iter()
        .flat_map(|schema| schema.tables.iter().map(move |table| (schema, table)))
        .filter(|(_, table)| !table.waivers.is_empty())
        .collect();
    if excused.is_empty() {
        return;
    }
    page.heading(2, "Waivers");
    page.paragraph("Rules of judgement that a table is excused from, each with the reason.");
    page.row(&["table", "rule", "reason"]);
    page.rule(3);
    for (_, table) in excused {
        for waiver in &table.waivers {
            let rule = format!("{} {}", code(waiver.rule.code), waiver.rule.title);
            page.row(&[&code(&table.qualified()), &rule, &waiver.why]);
        }
    }
}
