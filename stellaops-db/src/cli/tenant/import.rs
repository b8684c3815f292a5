//! `stellaops-db tenant import`

use std::path::PathBuf;

use clap::Args;
use sqlx::Connection as _;
use stellaops_db::__private::reach;
use stellaops_db::TenantId;
use stellaops_db::lifecycle::{Comparison, ImportOptions, Imported, import};
use stellaops_db_spec::model;

use super::progress::Shown;
use super::tenant_id;
use crate::cli::Format;
use crate::cli::answer::{Answer, Exit};
use crate::cli::error::{CommandError, wait_for};
use crate::cli::specs::counted;

/// Import an exported tenant into a database that has no row of it
///
/// The export is held against its manifest, and the database against the export, before anything is written. Run again
/// after it was cut short, it goes on. At the end all rows are read again, and compared with the export to the byte.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db tenant import postgres://stellaops_migrator@db/stellaops --from acme
  stellaops-db tenant import \"$URL\" --from acme --as acme-rehearsal
  stellaops-db tenant import \"$SUPERUSER_URL\" --from acme --as-superuser

Exit codes: 0 the tenant is there as it was exported, 1 the export is damaged, the database cannot take it, or what is
there differs, 3 something cannot be read or written.")]
pub(super) struct Import {
    /// The database, as the migrator; its password is better in PGPASSWORD or a password file
    #[arg(value_name = "URL")]
    url: String,

    /// The folder of the export; how far the import is stands there, too
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,

    /// Another id for the tenant; texts and documents that name it stay as they are
    #[arg(long = "as", value_name = "TENANT", value_parser = tenant_id)]
    rename: Option<TenantId>,

    /// Switch triggers off in this session: retired values, and chains whose first rows are gone, are taken as they are
    #[arg(long)]
    as_superuser: bool,

    /// Only this schema of the export; may be given more than once
    #[arg(long, value_name = "SCHEMA")]
    schema: Vec<String>,

    /// Why, for stellaops.system_access
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Import {
    pub(super) fn answer(self, specs: &model::Database, format: Format) -> Result<Answer, CommandError> {
        let imported = wait_for(self.import(specs))??;
        Ok(match format {
            Format::Json => Answer::json(&imported, Exit::Well),
            Format::Text => Answer::text(in_words(&imported), Exit::Well),
        })
    }

    async fn import(&self, specs: &model::Database) -> Result<Imported, CommandError> {
        let from = self.from.display();
        let mut options = ImportOptions::new(match &self.reason {
            Some(reason) => format!("import a tenant from {from}: {reason}"),
            None => format!("import a tenant from {from}"),
        });
        options.schemas.clone_from(&self.schema);
        options.rename.clone_from(&self.rename);
        options.as_superuser = self.as_superuser;
        let (mut connection, _) = reach(&self.url, "stellaops-db tenant").await?;
        let mut shown = Shown::new();
        let imported = import(&mut connection, specs, &self.from, &options, &mut |progress| {
            shown.tell(progress);
        })
        .await;
        shown.end();
        let imported = imported?;
        connection.close().await.map_err(CommandError::Connect)?;
        Ok(imported)
    }
}

fn in_words(imported: &Imported) -> String {
    let mut text = String::new();
    for table in imported.tables.iter().filter(|table| table.rows > 0) {
        let how = match table.comparison {
            Comparison::Identical => "",
            _ => ", but for what the chain makes anew",
        };
        text.push_str(&format!("{}: {} rows, identical{how}\n", table.table, table.rows));
    }
    let rows: u64 = imported.tables.iter().map(|table| table.rows).sum();
    let tables = counted(imported.tables.len(), "table");
    text.push_str(&format!(
        "ok: {rows} rows of {tables} are in {} as {}, export {}\n",
        imported.database, imported.tenant, imported.digest
    ));
    text
}
