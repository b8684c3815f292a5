//! From trees to the checked model, one family of rules a file.
//!
//! A check reports what it finds and goes on with what is left; whatever depends on a part that is
//! faulty is passed over, so that nobody reads errors of errors.

mod column;
mod context;
mod cycle;
mod enumeration;
mod index;
mod name;
mod queue;
mod reference;
mod role;
mod shape;
mod table;

use crate::diagnostic::Diagnostics;
use crate::load::{Document, FileRole};
use crate::model::{Database, Schema};
use crate::rule;
use crate::source::Sources;

use context::{Context, Declared};

/// Checks all documents of a run.
pub(crate) fn check(sources: &Sources, documents: &[Document], diagnostics: &mut Diagnostics) -> Database {
    let mut context = Context { sources, diagnostics };
    let mut database = Database {
        name: String::new(),
        summary: String::new(),
        schemas: Vec::new(),
    };
    for document in documents
        .iter()
        .filter(|document| document.role == FileRole::Database)
    {
        check_database(&mut context, document, &mut database);
    }
    for name in schema_names(documents) {
        if let Some(schema) = check_schema(&mut context, documents, &name) {
            database.schemas.push(schema);
        }
    }
    database
}

fn check_database(context: &mut Context<'_>, document: &Document, database: &mut Database) {
    if let Some(version) = document.root.get("spec_version")
        && document.root.integer("spec_version") != Some(1)
    {
        context.push(
            rule::SPEC_VERSION,
            version.span,
            "this spec format is not known",
            "write `spec_version = 1`, or use the version of stellaops-db that the specs were written for",
        );
    }
    database.name = document.root.text("name").unwrap_or_default().into();
    database.summary = document.root.text("summary").unwrap_or_default().into();
}

/// The schemas in the order of their names.
fn schema_names(documents: &[Document]) -> Vec<String> {
    let mut names: Vec<String> = documents
        .iter()
        .filter_map(|document| match &document.role {
            FileRole::Schema { schema } | FileRole::Table { schema, .. } => Some(schema.clone()),
            FileRole::Database => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn check_schema(context: &mut Context<'_>, documents: &[Document], name: &str) -> Option<Schema> {
    let own = |document: &&Document| match &document.role {
        FileRole::Schema { schema } | FileRole::Table { schema, .. } => schema == name,
        FileRole::Database => false,
    };
    let members: Vec<&Document> = documents.iter().filter(own).collect();
    let Some(head) = members
        .iter()
        .find(|document| matches!(document.role, FileRole::Schema { .. }))
    else {
        context.push(
            rule::STRAY_FILE,
            members.first()?.root.span,
            format!("the folder `specs/{name}` has no `schema.toml`"),
            format!("add `specs/{name}/schema.toml` with a `summary` of the schema"),
        );
        return None;
    };
    name::check_schema_name(context, name, head.root.span);
    let declared = declare(context, name, head, &members);
    let tables = table::check_tables(context, name, &members, &declared);
    Some(Schema {
        name: name.into(),
        summary: head.root.text("summary").unwrap_or_default().into(),
        service: head.root.text("service").map(Into::into),
        doc: head.root.text("doc").map(Into::into),
        enums: declared.enums,
        shapes: declared.shapes,
        tables,
    })
}

/// The enums and shapes of a schema: those of schema.toml first, then the tables', file by file.
fn declare(context: &mut Context<'_>, schema: &str, head: &Document, members: &[&Document]) -> Declared {
    let mut declared = Declared::default();
    let rest = members
        .iter()
        .copied()
        .filter(|document| document.file != head.file);
    for document in std::iter::once(head).chain(rest) {
        enumeration::check_enums(context, schema, &document.root, &mut declared);
    }
    let rest = members
        .iter()
        .copied()
        .filter(|document| document.file != head.file);
    let roots: Vec<_> = std::iter::once(head)
        .chain(rest)
        .map(|document| &document.root)
        .collect();
    shape::check_shapes(context, schema, &roots, &mut declared);
    declared
}
