//! `stellaops-db demo`

use std::path::{Path, PathBuf};

use clap::Args;
use stellaops_db::demo::{self, Options, Outcome};

use super::Format;
use super::answer::{Answer, Exit};
use super::error::CommandError;
use super::specs::{Specs, refusal};

/// See it work: two tenants, two workers and a PostgreSQL that is started for the run
///
/// Workers take graph jobs of two tenants from their queues and store the module graphs of Go
/// projects. Then each guard between the tenants is tried: types, predicates, row-level security.
/// Nothing is left running; the PostgreSQL is the one on this machine, or one that is downloaded.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db demo
  stellaops-db demo --projects ~/go/src   your own Go projects, one folder each
  stellaops-db demo --specs specs         the schema from these specs, not from the built-in ones

Exit codes: 0 everything as expected, 1 a job came to something else, an attempt was not refused or
the specs have faults, 3 no PostgreSQL can be started or something cannot be read.")]
pub(super) struct Demo {
    /// A folder of Go projects, one folder each, in place of those that come with the command
    #[arg(long, value_name = "DIR")]
    projects: Option<PathBuf>,
}

impl Demo {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let specs = specs.map(|named| Specs::read(Some(named))).transpose()?;
        if let Some(Err(report)) = specs.as_ref().map(|specs| &specs.database) {
            return Ok(refusal(report, format));
        }
        let options = Options {
            projects: self.projects,
            specs: specs.map(|specs| specs.folder),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(CommandError::Runtime)?;
        let outcome = runtime.block_on(demo::run(&options))?;
        Ok(described(&outcome, format))
    }
}

fn described(outcome: &Outcome, format: Format) -> Answer {
    let exit = if outcome.is_as_expected() {
        Exit::Well
    } else {
        Exit::No
    };
    match format {
        Format::Text => Answer::text(outcome.to_string(), exit),
        Format::Json => Answer::json(outcome, exit),
    }
}
