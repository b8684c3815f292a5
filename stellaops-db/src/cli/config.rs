//! `stellaops-db config`: the persistence configuration.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use stellaops_db::persistence::{Persistence, PersistenceError, TemplateModule, template};
use stellaops_db_spec::SourceError;
use stellaops_db_spec::diagnostic::{FaultRecord, Report};
use stellaops_db_spec::model::Database;

use super::Format;
use super::answer::{Answer, Exit};
use super::error::CommandError;
use super::init::{exists, write_new};
use super::specs::{Specs, counted, refusal};

/// Make or check a persistence configuration: one file for all modules, one entry a module
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db config template --out persistence.yaml
  stellaops-db config check persistence.yaml

Exit codes: 0 made, or no fault; 1 faults, or the file is there already; 3 something cannot be read or written.")]
pub(super) struct Config {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Template(Template),
    Check(Check),
}

/// Print a configuration to begin with: an entry for each schema of the specs, every setting explained
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db config template
  stellaops-db config template --out persistence.yaml

Exit codes: 0 made, 1 faults in the specs or the file is there already, 3 the specs cannot be read, or the file written.")]
struct Template {
    /// Write it to this file, which must not be there yet
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Check a configuration; every fault is shown, each with its remedy
///
/// Each module is to be a schema of the specs, where there are specs: they are found as for the other
/// commands. Secrets are not looked for, unless with --secrets, and never shown.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stellaops-db config check persistence.yaml
  stellaops-db config check persistence.yaml --secrets     do the references lead somewhere, here and now?
  stellaops-db config check persistence.yaml --format json | jq '.faults[].message'

Exit codes: 0 no fault, 1 faults, 3 the file or the specs cannot be read.")]
struct Check {
    /// The configuration
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Follow the references of all modules that are enabled, too
    #[arg(long)]
    secrets: bool,
}

#[derive(Serialize)]
struct Made {
    /// The file that was written; none when it was printed.
    file: Option<String>,
    /// The text, when it was printed.
    template: Option<String>,
}

#[derive(Serialize)]
struct Checked {
    faults: Vec<FaultRecord>,
    modules: Vec<Line>,
    /// Schemas of the specs that have no entry; none where no specs were found to compare with.
    without_entry: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Line {
    name: String,
    enabled: bool,
}

impl Config {
    pub(super) fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        match self.command {
            Command::Template(template) => template.answer(specs, format),
            Command::Check(check) => check.answer(specs, format),
        }
    }
}

impl Template {
    fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let specs = Specs::read(specs)?;
        let database = match &specs.database {
            Ok(database) => database,
            Err(report) => return Ok(refusal(report, format)),
        };
        let modules: Vec<TemplateModule<'_>> = database
            .schemas
            .iter()
            .map(|schema| TemplateModule {
                name: &schema.name,
                summary: &schema.summary,
            })
            .collect();
        let text = template(&modules);
        match self.out {
            Some(path) => written(&path, &text, format),
            None => Ok(match format {
                Format::Text => Answer::text(text, Exit::Well),
                Format::Json => Answer::json(
                    &Made {
                        file: None,
                        template: Some(text),
                    },
                    Exit::Well,
                ),
            }),
        }
    }
}

fn written(path: &Path, text: &str, format: Format) -> Result<Answer, CommandError> {
    let file = path.display().to_string();
    let is_there = exists(path);
    if !is_there {
        write_new(path, text).map_err(|cause| CommandError::file(path, cause))?;
    }
    let exit = if is_there { Exit::No } else { Exit::Well };
    Ok(match (format, is_there) {
        (Format::Json, _) => Answer::json(
            &Made {
                file: (!is_there).then_some(file),
                template: None,
            },
            exit,
        ),
        (Format::Text, true) => {
            Answer::text(format!("nothing was written: `{file}` is there already\n"), exit)
        }
        (Format::Text, false) => Answer::text(format!("new     {file}\n"), exit),
    })
}

impl Check {
    fn answer(self, specs: Option<&Path>, format: Format) -> Result<Answer, CommandError> {
        let persistence = match Persistence::from_file(&self.file) {
            Ok(persistence) => persistence,
            Err(PersistenceError::Unreadable { cause, .. }) => {
                return Err(CommandError::file(&self.file, cause));
            }
            Err(PersistenceError::Faulty(report)) => return Ok(refusal(&report, format)),
            Err(other) => return Ok(Answer::text(format!("{other}\n"), Exit::No)),
        };
        let specs = match Specs::read(specs) {
            Ok(specs) => Some(specs),
            // A machine that runs the service has a configuration, and may have no specs.
            Err(CommandError::Source(SourceError::NotFound { .. })) if specs.is_none() => None,
            Err(error) => return Err(error),
        };
        let database = match specs.as_ref().map(|specs| &specs.database) {
            Some(Ok(database)) => Some(database),
            Some(Err(report)) => return Ok(refusal(report, format)),
            None => None,
        };
        if let Err(report) = self.look(&persistence, database) {
            return Ok(refusal(&report, format));
        }
        let checked = checked(&persistence, database);
        Ok(match format {
            Format::Json => Answer::json(&checked, Exit::Well),
            Format::Text => Answer::text(in_words(&checked), Exit::Well),
        })
    }

    fn look(&self, persistence: &Persistence, database: Option<&Database>) -> Result<(), Report> {
        if let Some(database) = database {
            let schemas: Vec<&str> = database
                .schemas
                .iter()
                .map(|schema| schema.name.as_str())
                .collect();
            persistence.check_schemas(&schemas)?;
        }
        match self.secrets {
            true => persistence.check_references(),
            false => Ok(()),
        }
    }
}

fn checked(persistence: &Persistence, database: Option<&Database>) -> Checked {
    let modules: Vec<Line> = persistence
        .modules()
        .map(|name| Line {
            name: name.to_owned(),
            enabled: persistence.is_enabled(name),
        })
        .collect();
    let without_entry = database.map(|database| {
        let names = database.schemas.iter().map(|schema| schema.name.clone());
        names
            .filter(|name| !modules.iter().any(|module| module.name == *name))
            .collect()
    });
    Checked {
        faults: Vec::new(),
        modules,
        without_entry,
    }
}

fn in_words(checked: &Checked) -> String {
    let mut text = format!("ok: {}, no fault\n", counted(checked.modules.len(), "module"));
    let disabled = checked.modules.iter().filter(|module| !module.enabled);
    let disabled: Vec<&str> = disabled.map(|module| module.name.as_str()).collect();
    if !disabled.is_empty() {
        text.push_str(&format!("not enabled: {}\n", disabled.join(", ")));
    }
    match &checked.without_entry {
        Some(names) if names.is_empty() => {}
        Some(names) => text.push_str(&format!("without an entry: {}\n", names.join(", "))),
        None => text.push_str("no specs were found, so that nobody knows whether each module is a schema\n"),
    }
    text
}
