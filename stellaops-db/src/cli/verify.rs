//! `stellaops-db verify`

use std::path::{Path, PathBuf};

use clap::Args;
use sqlx::Connection as _;
use stellaops_db::__private::reach;
use stellaops_db::verify::matrix::matrix;
use stellaops_db::verify::report::{to_json, to_markdown, to_sarif, to_text};
use stellaops_db::verify::{Audit, Options, verify};
use stellaops_db_spec::model;

use super::Format;
use super::answer::{Answer, Exit};
use super::error::{CommandError, wait_for};
use super::specs::{Specs, refusal};

/// Verify a database: is everything that keeps tenants apart there, and as the specs say?
///
/// Policies, FORCE, owners, roles and logins, grants, views, functions, partitions, keys, triggers, indexes and hash
/// chains are held against the specs, in one read-only transaction. Nothing is changed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db verify postgres://stellaops_system@db/stellaops
  stellaops-db verify \"$URL\" --report isolation.md --sarif isolation.sarif
  stellaops-db verify \"$URL\" --schema scheduler --format json | jq '.findings[]'

Exit codes: 0 every rule holds, 1 a rule is broken or could not be checked, 3 the database cannot be read.")]
pub(super) struct Verify {
    /// The database, as a login that sees the rows of all tenants; its password is better in PGPASSWORD
    #[arg(value_name = "URL")]
    url: String,

    /// Only this schema, which must be there; may be given more than once
    #[arg(long, value_name = "SCHEMA")]
    schema: Vec<String>,

    /// Leave the rows alone: foreign keys and hash chains are not held against them, and that is told
    #[arg(long)]
    catalog_only: bool,

    /// Try every verb of every table as every role, too; asks for a superuser, and rolls everything back
    #[arg(long)]
    matrix: bool,

    /// Count warnings as errors
    #[arg(long)]
    strict: bool,

    /// Write a report in Markdown, too: each rule with its evidence
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Write the findings as SARIF, too
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
}

impl Verify {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let specs = Specs::read(specs)?;
        let database = match &specs.database {
            Ok(database) => database,
            Err(report) => return Ok(refusal(report, format)),
        };
        let audit = wait_for(self.audit(database))??;
        if let Some(path) = &self.report {
            write(path, &to_markdown(&audit))?;
        }
        if let Some(path) = &self.sarif {
            write(path, &format!("{:#}\n", to_sarif(&audit, database)))?;
        }
        let exit = self.exit(&audit);
        Ok(match format {
            Format::Json => Answer::json(&to_json(&audit), exit),
            Format::Text => Answer::text(to_text(&audit, true), exit),
        })
    }

    async fn audit(&self, specs: &model::Database) -> Result<Audit, CommandError> {
        let mut options = Options::default();
        options.schemas.clone_from(&self.schema);
        options.catalog_only = self.catalog_only;
        let (mut connection, _) = reach(&self.url, "stellaops-db verify").await?;
        let mut audit = verify(&mut connection, specs, &options).await?;
        if self.matrix {
            let tried = matrix(&mut connection, specs, &audit).await?;
            audit = tried.join(specs, audit);
        }
        connection.close().await.map_err(CommandError::Connect)?;
        Ok(audit)
    }

    /// What was asked to be left alone does not count as not checked.
    fn exit(&self, audit: &Audit) -> Exit {
        let is_sound = audit.is_sound() || self.catalog_only && audit.errors().next().is_none();
        let is_quiet = !self.strict || audit.findings.is_empty();
        match is_sound && is_quiet {
            true => Exit::Well,
            false => Exit::No,
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), CommandError> {
    std::fs::write(path, text).map_err(|cause| CommandError::file(path, cause))
}
