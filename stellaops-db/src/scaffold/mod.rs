//! Specs from a database that exists: what the format can say is written, and what it cannot say is told.
//!
//! The catalog is read in one transaction that changes nothing. Each table becomes a spec file; the files
//! are then checked as any specs are. What a rule of judgement refuses is waived, what another rule refuses
//! is left out, and everything that the generated SQL would have otherwise than the database is in a
//! [`Note`].

mod catalog;
mod chain;
mod check;
mod column;
mod compare;
mod condition;
mod document;
mod draft;
mod enumeration;
mod index;
mod json_path;
mod name;
mod nested;
mod note;
mod partition;
mod policy;
mod reference;
mod repair;
mod search;
mod table;
mod toml;
mod trigger;
mod world;

#[cfg(feature = "fuzzing")]
pub(crate) use json_path::Filter;

use sqlx::{Connection as _, PgConnection};

pub use note::Note;

use crate::config::ConfigError;
use crate::connect::ConnectError;
use crate::reach::{ReachError, reach};
use catalog::Catalog;
use name::snake_case;
use toml::{Section, SpecFile};
use world::World;

/// What a database became.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scaffolded {
    /// The spec files, sorted by path.
    pub files: Vec<ScaffoldedFile>,
    /// What they do not say as the database has it, in a fixed order.
    pub notes: Vec<Note>,
    /// Whether the files pass `stellaops-db check`.
    pub is_sound: bool,
}

/// A spec file, not yet written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScaffoldedFile {
    /// Below the specs folder: `database.toml`, `<schema>/<table>.toml`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Why a database cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScaffoldError {
    /// The URL is none of a database.
    #[error(transparent)]
    Url(ConfigError),
    /// The way to the server is not safe.
    #[error(transparent)]
    Tls(ConnectError),
    /// Nobody answers, or the login is refused.
    #[error("the database cannot be reached: {}; check host, port, database, login and password of the URL", crate::error::spoken(.0))]
    Connect(#[source] sqlx::Error),
    /// The server refuses a query of its catalog.
    #[error("the catalog cannot be read: {}; PostgreSQL 15 to 18 are known", crate::error::spoken(.0))]
    Server(#[from] sqlx::Error),
    /// The catalog answers in a form that is not known.
    #[error("the catalog answers in an unknown form; PostgreSQL 15 to 18 are known")]
    Catalog,
    /// A schema was named that is not there.
    #[error("the database has no schema `{0}`; name one that it has, or none for all of them")]
    NoSchema(String),
    /// There is nothing to specify.
    #[error("the database has no schema with a table")]
    Empty,
}

/// Connects, does what [`from_database`] does, and disconnects. Neither an error nor a note shows the URL.
///
/// # Errors
/// As [`from_database`], and [`ScaffoldError::Url`], [`ScaffoldError::Tls`] and [`ScaffoldError::Connect`].
pub async fn from_url(url: &str, schemas: &[String]) -> Result<Scaffolded, ScaffoldError> {
    let (mut connection, _) = reach(url, "stellaops-db scaffold")
        .await
        .map_err(|error| match error {
            ReachError::Url(error) => ScaffoldError::Url(error),
            ReachError::Tls(error) => ScaffoldError::Tls(error),
            ReachError::Failed(error) => ScaffoldError::Connect(error),
        })?;
    let scaffolded = from_database(&mut connection, schemas).await;
    // What was read is read, however the server takes the farewell.
    let _ = connection.close().await;
    scaffolded
}

/// Writes specs for the tables of these schemas, or of all when none is named.
///
/// # Errors
/// [`ScaffoldError`] when the catalog cannot be read or has no such schema.
pub async fn from_database(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<Scaffolded, ScaffoldError> {
    let mut transaction = connection
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        .await?;
    // Every name that the server prints then says its schema.
    sqlx::raw_sql("SET LOCAL search_path = ''")
        .execute(&mut *transaction)
        .await?;
    let catalog = catalog::read(&mut transaction, schemas).await?;
    transaction.rollback().await?;
    let is_there = |name: &&String| catalog.schemas.iter().any(|schema| schema.name == **name);
    if let Some(missing) = schemas.iter().find(|name| !is_there(name)) {
        return Err(ScaffoldError::NoSchema(missing.clone()));
    }
    if catalog.relations.is_empty() {
        return Err(ScaffoldError::Empty);
    }
    Ok(scaffold(&catalog))
}

fn scaffold(catalog: &Catalog) -> Scaffolded {
    let world = World::new(catalog);
    let mut notes = tell_whole(&world);
    let mut files = vec![database_file(catalog)];
    for schema in &catalog.schemas {
        if catalog
            .relations
            .iter()
            .any(|relation| relation.schema == schema.name)
        {
            files.push(schema_file(&world, schema, &mut notes));
        }
    }
    for relation in &catalog.relations {
        let (file, told) = table::spec(&world, relation);
        files.push(file);
        notes.extend(told);
    }
    let repaired = repair::repair(&mut files, &mut notes);
    compare::compare(&world, &files, repaired.database.as_ref(), &mut notes);
    notes.sort();
    notes.dedup();
    let mut files: Vec<ScaffoldedFile> = files
        .iter()
        .map(|file| ScaffoldedFile {
            path: file.path.clone(),
            text: file.write().0,
        })
        .collect();
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Scaffolded {
        files,
        notes,
        is_sound: repaired.is_sound,
    }
}

/// What is no part of a table.
fn tell_whole(world: &World<'_>) -> Vec<Note> {
    let catalog = world.catalog();
    let mut notes = vec![Note::new(
        &catalog.database.name,
        ("database", ""),
        "a database does not say what a value is for",
        "add by hand: immutable (created_at is), compare_and_swap, sensitive and example at columns, initial values of enums, queues, finders, served_by",
    )];
    for other in &catalog.others {
        let missing = "the format has no such object";
        notes.push(Note::new(
            &other.schema,
            (&other.kind, &other.name),
            missing,
            "it is left out",
        ));
    }
    notes
}

fn database_file(catalog: &Catalog) -> SpecFile {
    let named = &catalog.database;
    let summary = match first_paragraph(named.comment.as_deref()) {
        Some(summary) => summary.to_owned(),
        None => format!("Taken over from the database {}.", named.name),
    };
    let head = Section::new("", ("database", ""))
        .with("spec_version", "1")
        .with("name", toml::text(&snake_case(&named.name)))
        .with("summary", toml::text(&summary));
    SpecFile {
        path: "database.toml".into(),
        relation: named.name.clone(),
        sections: vec![head],
    }
}

fn schema_file(world: &World<'_>, schema: &catalog::Named, notes: &mut Vec<Note>) -> SpecFile {
    let name = world.schema_name(&schema.name);
    if name != schema.name {
        let instead = format!("the specs call it {name}");
        notes.push(Note::new(
            &schema.name,
            ("schema", ""),
            "no schema of the specs has this name",
            instead,
        ));
    }
    let summary = match first_paragraph(schema.comment.as_deref()) {
        Some(summary) => summary.to_owned(),
        None => {
            let instead = "the spec says that it was taken over";
            notes.push(Note::new(
                &schema.name,
                ("schema", ""),
                "no comment says what it holds",
                instead,
            ));
            format!("The schema {}, taken over from the database.", schema.name)
        }
    };
    SpecFile {
        path: format!("{name}/schema.toml"),
        relation: schema.name.clone(),
        sections: vec![Section::new("", ("schema", "")).with("summary", toml::text(&summary))],
    }
}

fn first_paragraph(comment: Option<&str>) -> Option<&str> {
    comment.map(str::trim).filter(|text| !text.is_empty())
}
