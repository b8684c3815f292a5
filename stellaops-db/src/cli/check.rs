//! `stellaops-db check`

use std::path::Path;

use clap::Args;
use serde::Serialize;
use stellaops_db_spec::diagnostic::FaultRecord;

use super::Format;
use super::answer::{Answer, Exit};
use super::error::CommandError;
use super::specs::{Specs, counted, refusal};

/// Check all specs; every fault of every file is shown, each with its remedy
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
}

impl Check {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let specs = Specs::read(specs)?;
        Ok(match (format, &specs.database) {
            (Format::Json, Ok(_)) => Answer::json(&checked(&specs, Vec::new()), Exit::Well),
            (Format::Json, Err(report)) => Answer::json(&checked(&specs, report.to_records()), Exit::No),
            (Format::Text, Ok(_)) => Answer::text(all_well(&specs), Exit::Well),
            (Format::Text, Err(report)) => refusal(report, format),
        })
    }
}

fn checked(specs: &Specs, faults: Vec<FaultRecord>) -> Checked {
    Checked {
        faults,
        schemas: specs.schemas,
        tables: specs.tables,
    }
}

fn all_well(specs: &Specs) -> String {
    format!(
        "ok: {} in {}, no fault\n",
        counted(specs.tables, "table"),
        counted(specs.schemas, "schema"),
    )
}
