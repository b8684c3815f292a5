//! `stellaops-db tenant erase`

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _};
use sqlx::Connection as _;
use stellaops_db::__private::reach;
use stellaops_db::TenantId;
use stellaops_db::lifecycle::{EraseOptions, Erasure, erase};
use stellaops_db_spec::model;

use super::progress::Shown;
use super::tenant_id;
use crate::cli::answer::{Answer, Exit};
use crate::cli::error::{CommandError, wait_for};
use crate::cli::{Arguments, Format};

/// Erase one tenant, with proof of what remained and why
///
/// Children go before parents, in batches; run again after it was cut short, it goes on. Stop the tenant's work before.
/// Rows that the specs never delete remain, and what they point at; they are counted and told. The proof,
/// erasure-<tenant>.json, counts every table of the database that has a tenant column.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db tenant erase postgres://stellaops_system@db/stellaops --tenant acme --dry-run
  stellaops-db tenant erase \"$URL\" --tenant acme --yes acme --reason 'contract ended, ticket 4711'
  stellaops-db tenant erase \"$SUPERUSER_URL\" --tenant acme --yes acme --with-facts

Exit codes: 0 nothing remains but what was declared, 1 something else remains, or the database does not fit the specs,
3 something cannot be read or written.")]
pub(super) struct Erase {
    /// The database, as the system login; its password is better in PGPASSWORD or a password file
    #[arg(value_name = "URL")]
    url: String,

    /// The tenant
    #[arg(long, value_name = "TENANT", value_parser = tenant_id)]
    tenant: TenantId,

    /// The tenant again: what is erased is gone
    #[arg(long, value_name = "TENANT", required_unless_present = "dry_run")]
    yes: Option<String>,

    /// Undo everything at the end, and tell what would remain; rows stay locked until then
    #[arg(long)]
    dry_run: bool,

    /// Erase facts too: append-only rows, rows never deleted, rows within their retention; asks for a superuser
    #[arg(long)]
    with_facts: bool,

    /// Erase hash chains and the tenant's entry in the registry, too
    #[arg(long, requires = "with_facts")]
    with_evidence: bool,

    /// Only this schema, which must be there; may be given more than once
    #[arg(long, value_name = "SCHEMA")]
    schema: Vec<String>,

    /// The folder of the proof
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,

    /// Why, for the proof and for stellaops.system_access
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Erase {
    pub(super) fn answer(self, specs: &model::Database, format: Format) -> Result<Answer, CommandError> {
        if self.yes.as_deref().is_some_and(|yes| yes != self.tenant.as_str()) {
            let message = "--yes names another tenant than --tenant";
            Arguments::command()
                .error(ErrorKind::ValueValidation, message)
                .exit();
        }
        let erasure = wait_for(self.erase(specs))??;
        let exit = match erasure.is_complete() {
            true => Exit::Well,
            false => Exit::No,
        };
        Ok(match format {
            Format::Json => Answer::json(&erasure, exit),
            Format::Text => Answer::text(in_words(&erasure), exit),
        })
    }

    async fn erase(&self, specs: &model::Database) -> Result<Erasure, CommandError> {
        let act = match self.dry_run {
            true => "try to erase the tenant",
            false => "erase the tenant",
        };
        let reason = match &self.reason {
            Some(reason) => format!("{act} {}: {reason}", self.tenant),
            None => format!("{act} {}", self.tenant),
        };
        let mut options = EraseOptions::new(&self.out, reason);
        options.schemas.clone_from(&self.schema);
        options.dry_run = self.dry_run;
        options.with_facts = self.with_facts;
        options.with_evidence = self.with_evidence;
        let (mut connection, _) = reach(&self.url, "stellaops-db tenant").await?;
        let mut shown = Shown::new();
        let erased = erase(&mut connection, specs, &self.tenant, &options, &mut |progress| {
            shown.tell(progress);
        })
        .await;
        shown.end();
        let erasure = erased?;
        connection.close().await.map_err(CommandError::Connect)?;
        Ok(erasure)
    }
}

fn in_words(erasure: &Erasure) -> String {
    let mut text = String::new();
    for table in erasure
        .tables
        .iter()
        .filter(|table| table.before > 0 || table.remaining > 0)
    {
        text.push_str(&format!(
            "{}: {} of {} rows erased",
            table.table, table.erased, table.before
        ));
        if let Some(why) = &table.why {
            text.push_str(&format!(", {} remain: {why}", table.remaining));
        }
        text.push('\n');
    }
    for table in erasure.tables.iter().filter(|table| table.undeclared > 0) {
        let undeclared = table.undeclared;
        text.push_str(&format!(
            "error: {}: {undeclared} rows should be gone and are not\n",
            table.table
        ));
    }
    for table in erasure.elsewhere.iter().filter(|table| table.rows != Some(0)) {
        let rows = table
            .rows
            .map_or("rows that this login may not count".into(), |rows| {
                format!("{rows} rows")
            });
        let what = match table.specified {
            true => "not asked for",
            false => "the specs do not know it",
        };
        text.push_str(&format!("{}: {rows}, {what}\n", table.table));
    }
    for astray in &erasure.astray {
        let (rows, constraint) = (astray.rows, &astray.constraint);
        text.push_str(&format!(
            "error: {}: {rows} rows break {constraint}\n",
            astray.table
        ));
    }
    let erased: u64 = erasure.tables.iter().map(|table| table.erased).sum();
    let remaining: u64 = erasure.tables.iter().map(|table| table.remaining).sum();
    let verdict = match (erasure.is_complete(), erasure.dry_run) {
        (true, true) => "ok, undone",
        (true, false) => "ok",
        (false, _) => "not complete",
    };
    let proof = match erasure.proof.as_str() {
        "" => String::new(),
        path => format!(", proof {path}"),
    };
    text.push_str(&format!(
        "{verdict}: {erased} rows erased, {remaining} remain as declared{proof}, digest {}\n",
        erasure.digest
    ));
    text
}
