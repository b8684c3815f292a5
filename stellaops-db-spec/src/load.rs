//! From a folder to the checked model: read, parse, conform, check.

use std::path::Path;

use crate::check;
use crate::diagnostic::{Diagnostics, Report};
use crate::model::Database;
use crate::source::{LOCK_FILE, SourceError, SourceFile, Sources};
use crate::syntax::{self, Node, keys};

/// Reads and checks all specs of a folder.
///
/// # Errors
/// Outside, [`SourceError`] when the folder cannot be read; inside, the [`Report`] of all faults of
/// all files.
pub fn load(folder: &Path) -> Result<Result<Database, Report>, SourceError> {
    Ok(load_sources(&Sources::read(folder)?))
}

/// Checks specs that are already in memory. Paths are `specs/database.toml`,
/// `specs/<schema>/schema.toml` and `specs/<schema>/<table>.toml`.
///
/// # Errors
/// The report of all faults of all files.
///
/// ```
/// use stellaops_db_spec::source::{SourceFile, Sources};
/// let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
/// let sources = Sources::new(vec![
///     file("specs/database.toml", "spec_version = 1\nname = \"shop\"\nsummary = \"A shop.\""),
///     file("specs/sales/schema.toml", "summary = \"Orders.\""),
///     file("specs/sales/orders.toml", r#"
/// summary = "An order of a customer."
/// tenancy = "tenant"
/// [columns.id]
/// type = "uuid"
/// default = "uuid_v7"
/// doc = "Made by the client."
/// [columns.number]
/// type = "text"
/// max_length = 40
/// doc = "The order's number, as the customer reads it."
/// [[unique]]
/// name = "number"
/// columns = ["number"]
/// why = "people name an order by its number"
/// "#),
/// ]);
/// let database = stellaops_db_spec::load_sources(&sources).unwrap();
/// assert_eq!(database.table("sales.orders").unwrap().columns.len(), 3);
/// ```
pub fn load_sources(sources: &Sources) -> Result<Database, Report> {
    let mut diagnostics = Diagnostics::new();
    let mut documents = parse_all(sources, &mut diagnostics);
    // Specs of another version could mean anything else: nothing more is said about them.
    if !check::check_version(&documents, &mut diagnostics) {
        documents.clear();
    }
    conform_all(&mut documents, &mut diagnostics);
    let database = check::check(sources, &documents, &mut diagnostics);
    diagnostics.finish(sources)?;
    Ok(database)
}

/// A spec file, parsed, with what its path says it is.
pub(crate) struct Document {
    pub(crate) role: FileRole,
    pub(crate) root: Node,
}

/// What a spec file is, by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileRole {
    Database,
    Lock,
    Schema { schema: String },
    Table { schema: String, table: String },
}

impl FileRole {
    /// The schema that the file belongs to.
    pub(crate) fn schema(&self) -> Option<&str> {
        match self {
            FileRole::Database | FileRole::Lock => None,
            FileRole::Schema { schema } | FileRole::Table { schema, .. } => Some(schema),
        }
    }
}

fn parse_all(sources: &Sources, diagnostics: &mut Diagnostics) -> Vec<Document> {
    let parse = |(file, source): (usize, &SourceFile)| Document {
        role: file_role(source),
        root: syntax::parse(file, &source.text, diagnostics),
    };
    sources.files().iter().enumerate().map(parse).collect()
}

/// Marks whatever has not the form of a spec. A file that is no TOML is marked already.
fn conform_all(documents: &mut [Document], diagnostics: &mut Diagnostics) {
    for document in documents.iter_mut().filter(|document| !document.root.faulty) {
        let (what, keys) = match document.role {
            // Its form is looked at where it is compared.
            FileRole::Lock => continue,
            FileRole::Database => ("database", keys::DATABASE),
            FileRole::Schema { .. } => ("schema", keys::SCHEMA),
            FileRole::Table { .. } => ("table", keys::TABLE),
        };
        syntax::conform(&mut document.root, keys, what, diagnostics);
    }
}

fn file_role(source: &SourceFile) -> FileRole {
    if source.path.as_ref() == LOCK_FILE {
        return FileRole::Lock;
    }
    let stem = source.path.strip_suffix(".toml").unwrap_or(&source.path);
    match stem.split('/').collect::<Vec<_>>().as_slice() {
        [.., schema, "schema"] => FileRole::Schema {
            schema: (*schema).into(),
        },
        [_, "database"] | ["database"] => FileRole::Database,
        [.., schema, table] => FileRole::Table {
            schema: (*schema).into(),
            table: (*table).into(),
        },
        _ => FileRole::Database,
    }
}
