//! `stellaops-db consumers`

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;
use serde::Serialize;
use stellaops_db::SystemScope;
use stellaops_db::outbox::{HeldTenant, KnownConsumer};
use stellaops_db_spec::model;
use stellaops_db_spec::statement::Statements;

use super::Format;
use super::answer::{Answer, Exit};
use super::error::{CommandError, wait_for};
use super::specs::{Specs, counted, refusal};
use super::system;

/// Tell how far each consumer of an outbox is, and whose events wait
///
/// Events past their retention stay until every consumer was given them. One that is no more keeps them for ever, until
/// it is forgotten. Looking leaves its evidence, as each system scope does.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db consumers postgres://stellaops_system@db/stellaops
  stellaops-db consumers \"$URL\" --forget 'search index' --of vex.linkset_events
  stellaops-db consumers \"$URL\" --format json | jq '.consumers[] | select(.behind > 1000)'

Exit codes: 0 nobody's events wait, 1 a consumer could not take an event, or there is none to forget, 3 the database
cannot be read.")]
pub(super) struct Consumers {
    /// The database, as the system login; its password is better in PGPASSWORD or a password file
    #[arg(value_name = "URL")]
    url: String,

    /// Forget a consumer; stop its relay before, which would make it known again
    #[arg(long, value_name = "CONSUMER", requires = "of")]
    forget: Option<String>,

    /// The table whose events the consumer to be forgotten was given
    #[arg(long, value_name = "TABLE", requires = "forget")]
    of: Option<String>,
}

#[derive(Serialize)]
struct Found {
    consumers: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    table: String,
    consumer: String,
    number: i64,
    /// None where the specs do not say which column numbers the events.
    behind: Option<i64>,
    moved_at: String,
    held: Vec<Waiting>,
}

#[derive(Serialize)]
struct Waiting {
    tenant: String,
    number: i64,
    failures: u32,
    reason: String,
    since: String,
    try_again_at: Option<String>,
}

impl Consumers {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let specs = Specs::read(specs)?;
        let database = match &specs.database {
            Ok(database) => database,
            Err(report) => return Ok(refusal(report, format)),
        };
        wait_for(self.ask(database, format))?
    }

    async fn ask(self, specs: &model::Database, format: Format) -> Result<Answer, CommandError> {
        let database = system::connect(&self.url).await?;
        let system = database.system("look after the consumers of outboxes").await?;
        let answer = match (&self.forget, &self.of) {
            (Some(name), Some(table)) => forgotten(&system, table, name, format).await?,
            _ => told(found(&system, specs).await?, format),
        };
        system.close().await?;
        database.close().await;
        Ok(answer)
    }
}

async fn forgotten(
    system: &SystemScope,
    table: &str,
    name: &str,
    format: Format,
) -> Result<Answer, CommandError> {
    let is_forgotten = system.forget_consumer(table, name).await?;
    let (text, exit) = match is_forgotten {
        true => (format!("ok: `{name}` of {table} is forgotten\n"), Exit::Well),
        false => (format!("{table} has no consumer `{name}`\n"), Exit::No),
    };
    Ok(match format {
        Format::Json => Answer::json(&serde_json::json!({ "forgotten": is_forgotten }), exit),
        Format::Text => Answer::text(text, exit),
    })
}

async fn found(system: &SystemScope, specs: &model::Database) -> Result<Vec<Line>, CommandError> {
    let (mut lines, mut last) = (Vec::new(), BTreeMap::new());
    for known in system.consumers().await? {
        if !last.contains_key(&known.table) {
            let found = last_event(system, specs, &known.table).await?;
            last.insert(known.table.clone(), found);
        }
        let last = last.get(&known.table).copied().flatten();
        lines.push(Line::new(known, last));
    }
    Ok(lines)
}

/// The greatest number of a table's events, if the specs have the table.
async fn last_event(
    system: &SystemScope,
    specs: &model::Database,
    table: &str,
) -> Result<Option<i64>, CommandError> {
    match specs.table(table).and_then(|table| Statements::of(table).outbox) {
        Some(statements) => Ok(Some(system.last_event_by(&statements).await?)),
        None => Ok(None),
    }
}

fn told(lines: Vec<Line>, format: Format) -> Answer {
    let exit = match lines.iter().all(|line| line.held.is_empty()) {
        true => Exit::Well,
        false => Exit::No,
    };
    match format {
        Format::Json => Answer::json(&Found { consumers: lines }, exit),
        Format::Text => Answer::text(in_words(&lines), exit),
    }
}

impl Line {
    fn new(known: KnownConsumer, last: Option<i64>) -> Self {
        Line {
            table: known.table,
            consumer: known.name,
            number: known.number,
            // Events that a consumer was given may have been purged since.
            behind: last.map(|last| (last - known.number).max(0)),
            moved_at: known.moved_at.to_string(),
            held: known.held.into_iter().map(Waiting::from).collect(),
        }
    }
}

impl From<HeldTenant> for Waiting {
    fn from(held: HeldTenant) -> Self {
        Waiting {
            tenant: held.tenant.to_string(),
            number: held.number,
            failures: held.failures,
            reason: held.reason,
            since: held.since.to_string(),
            try_again_at: held.try_again_at.map(|time| time.to_string()),
        }
    }
}

fn in_words(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let behind = match line.behind {
            Some(0) if line.held.is_empty() => "has every event".into(),
            Some(0) => "has every event but those that wait".into(),
            Some(behind) => format!("at {}, {behind} behind", line.number),
            None => format!("at {}", line.number),
        };
        text.push_str(&format!(
            "{}, {}: {behind}, moved {}\n",
            line.table, line.consumer, line.moved_at
        ));
        for held in &line.held {
            let again = match &held.try_again_at {
                Some(time) => format!("tried again {time}"),
                None => "waits for somebody".into(),
            };
            text.push_str(&format!(
                "  {} waits behind {} since {}, {again}: {}\n",
                held.tenant, held.number, held.since, held.reason
            ));
        }
    }
    let held: usize = lines.iter().map(|line| line.held.len()).sum();
    let consumers = counted(lines.len(), "consumer");
    text.push_str(&match held {
        0 => format!("ok: {consumers}, nobody's events wait\n"),
        _ => format!("{consumers}, the events of {} wait\n", counted(held, "tenant")),
    });
    text
}
