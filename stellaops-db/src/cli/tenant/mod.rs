//! `stellaops-db tenant`

mod erase;
mod export;
mod import;
mod progress;

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::json;
use stellaops_db::TenantId;
use stellaops_db::lifecycle::LifecycleError;

use super::Format;
use super::answer::{Answer, Exit};
use super::error::CommandError;
use super::specs::{Specs, refusal};

/// Export one tenant, whole, import it elsewhere, or erase it with proof of what remained
///
/// All tables of the specs whose rows have a tenant take part. Each act leaves its evidence in
/// stellaops.system_access: who, why, and from when to when.
#[derive(Debug, Args)]
pub(super) struct Tenant {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    Export(export::Export),
    Import(import::Import),
    Erase(erase::Erase),
}

impl Tenant {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let specs = Specs::read(specs)?;
        let database = match &specs.database {
            Ok(database) => database,
            Err(report) => return Ok(refusal(report, format)),
        };
        let answered = match self.act {
            Act::Export(export) => export.answer(database, format),
            Act::Import(import) => import.answer(database, format),
            Act::Erase(erase) => erase.answer(database, format),
        };
        match answered {
            // What is there says no, and nothing failed.
            Err(CommandError::Lifecycle(error)) if error.is_refusal() => Ok(refused(&error, format)),
            answered => answered,
        }
    }
}

fn refused(error: &LifecycleError, format: Format) -> Answer {
    match format {
        Format::Json => Answer::json(&json!({ "refused": error.to_string() }), Exit::No),
        Format::Text => Answer::text(format!("refused: {error}\n"), Exit::No),
    }
}

/// A tenant's id, as an argument.
fn tenant_id(text: &str) -> Result<TenantId, String> {
    TenantId::new(text).map_err(|fault| fault.to_string())
}
