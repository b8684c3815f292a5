//! From trees to the checked model, one family of rules a file.
//!
//! A check reports what it finds and goes on with what is left; whatever depends on a part that is
//! faulty is passed over, so that nobody reads errors of errors. The parts are a column, an enum, a
//! shape, an index, a unique key, a check and the queue; a fault in a table's own keys stops what
//! looks at the table as a whole, and its columns are still checked.

mod append_only;
mod bound;
mod column;
mod composite;
mod condition;
mod context;
mod convention;
mod cycle;
mod enumeration;
mod evidence;
mod example;
mod finder;
mod former;
mod hash_chain;
mod index;
mod length;
mod lock;
mod member;
mod member_bound;
mod member_example;
mod name;
mod order;
mod outbox;
mod part;
mod partition;
mod path;
mod pattern;
mod queue;
mod redundant;
mod reference;
mod relation;
mod retention;
mod retired;
mod role;
mod search;
mod sensitive;
mod served_by;
mod shape;
mod status;
mod table;
mod waiver;

use crate::diagnostic::Diagnostics;
use crate::load::{Document, FileRole};
use crate::model::{Database, Schema};
use crate::rule;
use crate::source::Sources;
use crate::syntax::{Node, Value};

use context::{Context, Declared};

/// Checks all documents of a run.
pub(crate) fn check(sources: &Sources, documents: &[Document], diagnostics: &mut Diagnostics) -> Database {
    let mut context = Context { sources, diagnostics };
    let mut database = Database {
        name: String::new(),
        summary: String::new(),
        doc: None,
        schemas: Vec::new(),
    };
    for document in documents
        .iter()
        .filter(|document| document.role == FileRole::Database)
    {
        check_database(document, &mut database);
    }
    for name in schema_names(documents) {
        let schema = check_schema(&mut context, documents, &name);
        database.schemas.push(schema);
    }
    lock::check_lock(&mut context, documents, &database);
    waiver::apply_waivers(&mut context, documents, &mut database);
    database
}

/// Whether the specs are written in the format that is known here.
pub(crate) fn check_version(documents: &[Document], diagnostics: &mut Diagnostics) -> bool {
    let before = diagnostics.len();
    for document in documents
        .iter()
        .filter(|document| document.role == FileRole::Database)
    {
        let Some(version) = document.root.get("spec_version") else {
            continue;
        };
        if let Value::Integer(number) = version.value
            && number != SPEC_VERSION
        {
            diagnostics.push(
                rule::SPEC_VERSION,
                version.span,
                format!("version {number} of the spec format is not known"),
                "write `spec_version = 1`, or use the version of stellaops-db that the specs were written for",
            );
        }
    }
    diagnostics.len() == before
}

/// The version of the spec format that is known here.
const SPEC_VERSION: i64 = 1;

fn check_database(document: &Document, database: &mut Database) {
    database.name = document.root.text("name").unwrap_or_default().into();
    database.summary = document.root.text("summary").unwrap_or_default().into();
    database.doc = document.root.text("doc").map(Into::into);
}

/// The schemas in the order of their names.
fn schema_names(documents: &[Document]) -> Vec<String> {
    let mut names: Vec<String> = documents
        .iter()
        .filter_map(|document| match &document.role {
            FileRole::Schema { schema } | FileRole::Table { schema, .. } => Some(schema.clone()),
            FileRole::Database | FileRole::Lock => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn check_schema(context: &mut Context<'_>, documents: &[Document], name: &str) -> Schema {
    let own = |document: &&Document| match &document.role {
        FileRole::Schema { schema } | FileRole::Table { schema, .. } => schema == name,
        FileRole::Database | FileRole::Lock => false,
    };
    let members: Vec<&Document> = documents.iter().filter(own).collect();
    let head = members
        .iter()
        .find(|document| matches!(document.role, FileRole::Schema { .. }))
        .map(|document| &document.root);
    check_head(context, name, head, &members);
    let declared = declare(context, name, &members);
    let tables = table::check_tables(context, name, &members, &declared);
    let roots: Vec<&Node> = members.iter().map(|document| &document.root).collect();
    status::check_statuses(context, &declared, &roots);
    let text = |key: &str| head.and_then(|root| root.text(key));
    Schema {
        name: name.into(),
        summary: text("summary").unwrap_or_default().into(),
        service: text("service").map(Into::into),
        doc: text("doc").map(Into::into),
        enums: declared.enums,
        shapes: declared.shapes,
        tables,
    }
}

fn check_head(context: &mut Context<'_>, name: &str, head: Option<&Node>, members: &[&Document]) {
    let Some(first) = members.first() else { return };
    name::check_schema_name(context, name, head.unwrap_or(&first.root).span);
    if head.is_none() {
        context.push(
            rule::STRAY_FILE,
            first.root.span,
            format!("the folder `specs/{name}` has no `schema.toml`"),
            format!("add `specs/{name}/schema.toml` with a `summary` of the schema"),
        );
    }
}

/// The enums and shapes of a schema: those of schema.toml first, then the tables', file by file.
fn declare(context: &mut Context<'_>, schema: &str, members: &[&Document]) -> Declared {
    let is_head = |document: &&&Document| matches!(document.role, FileRole::Schema { .. });
    let tables = members.iter().filter(|document| !is_head(document));
    let roots: Vec<&Node> = members
        .iter()
        .filter(is_head)
        .chain(tables)
        .map(|document| &document.root)
        .collect();
    let mut declared = Declared {
        incomplete: roots.iter().any(|root| root.faulty),
        ..Declared::default()
    };
    for root in &roots {
        enumeration::check_enums(context, schema, root, &mut declared);
    }
    shape::check_shapes(context, schema, &roots, &mut declared);
    declared
}
