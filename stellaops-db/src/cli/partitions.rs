//! `stellaops-db partitions`

use std::path::Path;

use clap::Args;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use stellaops_db::__private::reach;
use stellaops_db_spec::model;
use stellaops_db_spec::statement::Statements;

use super::Format;
use super::answer::{Answer, Exit};
use super::error::{CommandError, wait_for};
use super::specs::{Specs, counted, refusal};

/// Make the partitions of the next months, and detach those past their retention
///
/// Run it daily, as the system login or the migrator. With nothing to do it waits for nobody. Schemas that
/// are not in the database are passed over.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db partitions postgres://stellaops_system@db/stellaops

Exit codes: 0 all partitions are there, 3 the database cannot be reached or refuses.")]
pub(super) struct Partitions {
    /// The database; the password is better in PGPASSWORD or a password file
    #[arg(value_name = "URL")]
    url: String,
}

#[derive(Serialize)]
struct Maintained {
    tables: Vec<String>,
}

impl Partitions {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let specs = Specs::read(specs)?;
        let database = match &specs.database {
            Ok(database) => database,
            Err(report) => return Ok(refusal(report, format)),
        };
        let tables = wait_for(self.maintain(database))??;
        Ok(match format {
            Format::Json => Answer::json(&Maintained { tables }, Exit::Well),
            Format::Text => {
                let text = format!(
                    "ok: the partitions of {} are there\n",
                    counted(tables.len(), "table")
                );
                Answer::text(text, Exit::Well)
            }
        })
    }

    async fn maintain(self, specs: &model::Database) -> Result<Vec<String>, CommandError> {
        let (mut connection, _) = reach(&self.url, "stellaops-db partitions").await?;
        let mut tables = Vec::new();
        for table in specs.tables() {
            let Some(statement) = Statements::of(table).maintain_partitions else {
                continue;
            };
            if !has_schema(&mut connection, &table.schema).await? {
                continue;
            }
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut connection)
                .await
                .map_err(stellaops_db::Error::from)?;
            tables.push(table.qualified());
        }
        connection.close().await.map_err(CommandError::Connect)?;
        Ok(tables)
    }
}

/// Not every schema of the specs is in every database.
async fn has_schema(connection: &mut PgConnection, schema: &str) -> Result<bool, CommandError> {
    let found = sqlx::query_scalar("SELECT to_regnamespace($1) IS NOT NULL")
        .bind(model::quote_identifier(schema))
        .fetch_one(connection)
        .await;
    Ok(found.map_err(stellaops_db::Error::from)?)
}
