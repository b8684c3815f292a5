//! `stellaops-db tenant export`

use std::path::PathBuf;

use clap::Args;
use sqlx::Connection as _;
use stellaops_db::__private::reach;
use stellaops_db::TenantId;
use stellaops_db::lifecycle::{ExportOptions, Manifest, export};
use stellaops_db_spec::model;

use super::progress::Shown;
use super::tenant_id;
use crate::cli::Format;
use crate::cli::answer::{Answer, Exit};
use crate::cli::error::{CommandError, wait_for};
use crate::cli::specs::counted;

/// Export one tenant: a file of canonical JSON lines for each table, and a manifest with their hashes
///
/// All rows are of one snapshot, in the order of their keys. The manifest is written last: a folder without it is no
/// export, and the same command begins anew there. Secrets are exported too, as they are stored: the folder can be read
/// by its owner alone, and the manifest names their columns.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db tenant export postgres://stellaops_system@db/stellaops --tenant acme --out acme
  stellaops-db tenant export \"$URL\" --tenant acme --out acme --schema policy --reason 'ticket 4711'

Exit codes: 0 the tenant is exported, 1 the database does not fit the specs or the folder is taken, 3 something cannot be
read or written.")]
pub(super) struct Export {
    /// The database, as the system login; its password is better in PGPASSWORD or a password file
    #[arg(value_name = "URL")]
    url: String,

    /// The tenant
    #[arg(long, value_name = "TENANT", value_parser = tenant_id)]
    tenant: TenantId,

    /// The folder, which is made
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    /// Only this schema, which must be there; may be given more than once
    #[arg(long, value_name = "SCHEMA")]
    schema: Vec<String>,

    /// Why, for stellaops.system_access
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Export {
    pub(super) fn answer(self, specs: &model::Database, format: Format) -> Result<Answer, CommandError> {
        let manifest = wait_for(self.export(specs))??;
        Ok(match format {
            Format::Json => Answer::json(&manifest, Exit::Well),
            Format::Text => Answer::text(self.in_words(&manifest), Exit::Well),
        })
    }

    async fn export(&self, specs: &model::Database) -> Result<Manifest, CommandError> {
        let mut options = ExportOptions::new(match &self.reason {
            Some(reason) => format!("export the tenant {}: {reason}", self.tenant),
            None => format!("export the tenant {}", self.tenant),
        });
        options.schemas.clone_from(&self.schema);
        let (mut connection, _) = reach(&self.url, "stellaops-db tenant").await?;
        let mut shown = Shown::new();
        let exported = export(
            &mut connection,
            specs,
            &self.tenant,
            &self.out,
            &options,
            &mut |progress| shown.tell(progress),
        )
        .await;
        shown.end();
        let manifest = exported?;
        connection.close().await.map_err(CommandError::Connect)?;
        Ok(manifest)
    }

    fn in_words(&self, manifest: &Manifest) -> String {
        let mut text = String::new();
        for file in manifest.files.iter().filter(|file| file.rows > 0) {
            text.push_str(&format!("{}: {} rows\n", file.table, file.rows));
        }
        for name in &manifest.left_out {
            text.push_str(&format!("left out: the schema {name}\n"));
        }
        if !manifest.needs.is_empty() {
            let needs = counted(manifest.needs.len(), "row");
            text.push_str(&format!(
                "needs {needs} that belong to nobody alone: see the manifest\n"
            ));
        }
        let tables = counted(manifest.files.len(), "table");
        text.push_str(&format!(
            "ok: {} rows of {tables} are in {}, digest {}\n",
            manifest.rows(),
            self.out.display(),
            manifest.digest
        ));
        text
    }
}
