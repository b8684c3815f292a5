//! `stellaops-db scaffold`

use std::path::Path;

use clap::Args;
use serde::Serialize;
use stellaops_db_spec::diagnostic::nearest;
use stellaops_db_spec::model::Database;
use stellaops_db_spec::scaffold;

use super::Format;
use super::answer::{Answer, Exit};
use super::error::CommandError;
use super::from_database::FromDatabase;
use super::specs::{Specs, refusal};

/// Print the Rust structs of a table that has specs, or write the specs of a database
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db scaffold scheduler.graph_jobs           the struct of a table, with its enums and documents
  stellaops-db scaffold scheduler > src/scheduler.rs   those of all tables of a schema
  stellaops-db scaffold --from-database postgres://me@localhost/shop --schema sales --to specs

Structs and specs are written once, as a person would write them, and are yours to change. What a
database has and a spec cannot say is listed.

Exit codes: 0 printed or written, 1 no such table or schema, faults in the specs, or files in the
way (they are listed, nothing was written), 3 the database cannot be read or a file not written.")]
pub(super) struct Scaffold {
    /// `<schema>.<table>`, or `<schema>` for all its tables
    #[arg(value_name = "TABLE", required_unless_present = "url")]
    what: Option<String>,

    #[command(flatten)]
    database: FromDatabase,
}

#[derive(Serialize)]
struct Source {
    rust: String,
}

#[derive(Serialize)]
struct Unknown<'a> {
    unknown: &'a str,
    nearest: Option<&'a str>,
}

impl Scaffold {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        if let Some(url) = self.database.url.clone() {
            return self.database.answer(&url, format);
        }
        let what = self.what.unwrap_or_default();
        let database = match Specs::read(specs)?.database {
            Ok(database) => database,
            Err(report) => return Ok(refusal(&report, format)),
        };
        Ok(match (source(&database, &what), format) {
            (Some(rust), Format::Text) => Answer::text(rust, Exit::Well),
            (Some(rust), Format::Json) => Answer::json(&Source { rust }, Exit::Well),
            (None, _) => unknown(&database, &what, format),
        })
    }
}

fn source(database: &Database, what: &str) -> Option<String> {
    match what.split_once('.') {
        None => database.schema(what).map(scaffold::schema),
        Some((schema, _)) => Some(scaffold::table(database.schema(schema)?, database.table(what)?)),
    }
}

fn unknown(database: &Database, what: &str, format: Format) -> Answer {
    let schemas = database.schemas.iter().map(|schema| schema.name.clone());
    let tables = database.tables().map(|table| table.qualified());
    let known: Vec<String> = schemas.chain(tables).collect();
    let near = nearest(what, known.iter().map(String::as_str));
    match format {
        Format::Json => Answer::json(
            &Unknown {
                unknown: what,
                nearest: near,
            },
            Exit::No,
        ),
        Format::Text => {
            let hint = match near {
                Some(name) => format!("did you mean `{name}`?\n"),
                None => "name a schema, or a table as `<schema>.<table>`\n".into(),
            };
            Answer::text(format!("the specs have no `{what}`\n{hint}"), Exit::No)
        }
    }
}
