//! `stellaops-db verify-chain`

use std::path::Path;

use clap::Args;
use serde::Serialize;
use stellaops_db_spec::model;
use stellaops_db_spec::statement::Statements;

use super::Format;
use super::answer::{Answer, Exit};
use super::error::{CommandError, wait_for};
use super::specs::{Specs, counted, refusal};
use super::system;

/// Verify the hash chains of a database: is every row there, in its place, and as it was written?
///
/// Rows are hashed here again, without the database's help, and held against the next row and the head.
/// The first thing that does not fit is told for each tenant. The reading leaves its evidence, as each
/// system scope does.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db verify-chain postgres://stellaops_system@db/stellaops
  stellaops-db verify-chain \"$URL\" --tenant acme
  stellaops-db verify-chain \"$URL\" --format json | jq '.chains[] | select(.fault)'

Exit codes: 0 every chain is whole, 1 a chain is broken, 3 the database cannot be read.")]
pub(super) struct VerifyChain {
    /// The database, as the system login; its password is better in PGPASSWORD or a password file
    #[arg(value_name = "URL")]
    url: String,

    /// One tenant, in place of all
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
}

#[derive(Serialize)]
struct Verified {
    chains: Vec<Chain>,
}

#[derive(Serialize)]
struct Chain {
    table: String,
    tenant: String,
    first: Option<i64>,
    rows: u64,
    fault: Option<String>,
    position: Option<i64>,
    #[serde(skip)]
    text: String,
}

impl VerifyChain {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let specs = Specs::read(specs)?;
        let database = match &specs.database {
            Ok(database) => database,
            Err(report) => return Ok(refusal(report, format)),
        };
        let chains = wait_for(self.verify(database))??;
        let exit = match chains.iter().all(|chain| chain.fault.is_none()) {
            true => Exit::Well,
            false => Exit::No,
        };
        Ok(match format {
            Format::Json => Answer::json(&Verified { chains }, exit),
            Format::Text => Answer::text(in_words(&chains), exit),
        })
    }

    async fn verify(self, specs: &model::Database) -> Result<Vec<Chain>, CommandError> {
        let database = system::connect(&self.url).await?;
        let system = database.system("verify the hash chains").await?;
        let mut chains = Vec::new();
        for table in specs.tables() {
            let Some(statements) = Statements::of(table).chain else {
                continue;
            };
            let reports = system
                .verify_chains_by(&statements, self.tenant.as_deref())
                .await?;
            chains.extend(reports.into_iter().map(|report| Chain {
                table: table.qualified(),
                tenant: report.tenant.to_string(),
                first: report.first,
                rows: report.rows,
                fault: report.fault.map(|fault| fault.to_string()),
                position: report.fault.map(|fault| fault.position()),
                text: report.to_string(),
            }));
        }
        system.close().await?;
        database.close().await;
        Ok(chains)
    }
}

fn in_words(chains: &[Chain]) -> String {
    let mut text = String::new();
    for chain in chains {
        text.push_str(&format!("{}, {}\n", chain.table, chain.text));
    }
    let broken = chains.iter().filter(|chain| chain.fault.is_some()).count();
    text.push_str(&match broken {
        0 => format!("ok: {} whole\n", counted(chains.len(), "chain")),
        _ => format!("{broken} of {} broken\n", counted(chains.len(), "chain")),
    });
    text
}
