//! `stellaops-db check`

use std::path::Path;

use clap::Args;
use serde::Serialize;
use stellaops_db_spec::diagnostic::FaultRecord;
use stellaops_db_spec::model::{Database, Table, Waiver};

use super::Format;
use super::answer::{Answer, Exit};
use super::error::CommandError;
use super::specs::{Specs, counted, refusal};

/// Check all specs; every fault of every file is shown, each with its remedy
///
/// Where there is none, the waivers in force are listed: the rules of judgement that a table is
/// excused from, each with the reason.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db check
  stellaops-db check --specs services/billing
  stellaops-db check --format json | jq '.faults[].code'

Exit codes: 0 no fault, 1 faults, 3 the specs cannot be read.")]
pub(super) struct Check {}

#[derive(Serialize)]
struct Checked {
    faults: Vec<FaultRecord>,
    schemas: usize,
    tables: usize,
    /// The waivers in force, known when there is no fault.
    waivers: Vec<WaiverRecord>,
}

#[derive(Serialize)]
struct WaiverRecord {
    table: String,
    code: &'static str,
    title: &'static str,
    why: String,
    file: String,
    line: u32,
    column: u32,
}

impl Check {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let specs = Specs::read(specs)?;
        Ok(match (format, &specs.database) {
            (Format::Json, Ok(database)) => {
                let waivers = waivers(database).map(waiver_record).collect();
                Answer::json(&checked(&specs, Vec::new(), waivers), Exit::Well)
            }
            (Format::Json, Err(report)) => {
                Answer::json(&checked(&specs, report.to_records(), Vec::new()), Exit::No)
            }
            (Format::Text, Ok(database)) => Answer::text(all_well(&specs, database), Exit::Well),
            (Format::Text, Err(report)) => refusal(report, format),
        })
    }
}

fn checked(specs: &Specs, faults: Vec<FaultRecord>, waivers: Vec<WaiverRecord>) -> Checked {
    Checked {
        faults,
        schemas: specs.schemas,
        tables: specs.tables,
        waivers,
    }
}

fn waivers(database: &Database) -> impl Iterator<Item = (&Table, &Waiver)> {
    database
        .tables()
        .flat_map(|table| table.waivers.iter().map(move |waiver| (table, waiver)))
}

fn waiver_record((table, waiver): (&Table, &Waiver)) -> WaiverRecord {
    WaiverRecord {
        table: table.qualified(),
        code: waiver.rule.code,
        title: waiver.rule.title,
        why: waiver.why.clone(),
        file: waiver.place.file.to_string(),
        line: waiver.place.line,
        column: waiver.place.column,
    }
}

fn all_well(specs: &Specs, database: &Database) -> String {
    let mut text = format!(
        "ok: {} in {}, no fault\n",
        counted(specs.tables, "table"),
        counted(specs.schemas, "schema"),
    );
    for (table, waiver) in waivers(database) {
        text.push_str(&format!(
            "waived: {} for {} ({}): {}\n",
            waiver.rule.code,
            table.qualified(),
            waiver.place,
            waiver.why
        ));
    }
    text
}
