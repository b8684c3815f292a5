//! The command: reads its arguments, calls the spec crate or the demonstration, and prints.

mod answer;
mod check;
mod config;
mod consumers;
mod demo;
mod error;
mod explain;
mod from_database;
mod generate;
mod init;
mod partitions;
mod scaffold;
mod specs;
mod system;
mod tenant;
mod verify;
mod verify_chain;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use answer::Answer;
use error::CommandError;

/// Runs the command that the process was started with.
pub(crate) fn run() -> ExitCode {
    // clap prints usage errors and help by itself, and exits with 2 and 0.
    let arguments = Arguments::parse();
    match arguments.answer() {
        Ok(answer) => answer.print(),
        Err(error) => error.print(),
    }
}

/// Specify a table once; everything else comes from it.
///
/// A table is specified in a file, specs/<schema>/<table>.toml. From the specs come the schema's SQL
/// with its row-level security, the checks of Rust structs at compile time, typed repositories and
/// documents. Only `demo`, which starts its own, `verify`, `partitions`, `verify-chain`, `consumers`, `tenant`
/// and `scaffold --from-database` need a database.
#[derive(Debug, Parser)]
#[command(
    name = "stellaops-db",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(after_help = "Run `stellaops-db --help` for examples and exit codes.", after_long_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// The specs folder, or the folder that holds `specs/`
    ///
    /// Without it, STELLAOPS_DB_SPECS names the folder; without that, it is the nearest `specs/` with
    /// a `database.toml`, from the current folder upward.
    #[arg(long, global = true, value_name = "PATH")]
    specs: Option<PathBuf>,

    /// How the answer is written: for people, or as one JSON document on standard output
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
}

const AFTER_HELP: &str = "\
Examples:
  stellaops-db init shop                 a first specs folder, with an example to read and change
  stellaops-db check                     is every spec in order?
  stellaops-db generate                  write generated/ as the specs say
  stellaops-db generate --check          for CI: is what was committed what the specs say?
  stellaops-db explain SDB0502           a rule: its reason, a wrong and a right example
  stellaops-db scaffold shop.orders      the Rust struct of a table, to begin with
  stellaops-db scaffold --from-database URL   specs from a database that exists
  stellaops-db partitions URL            the months ahead of partitioned tables
  stellaops-db verify URL                is what keeps tenants apart there, and as the specs say?
  stellaops-db verify-chain URL          is every row of a hash chain as it was written?
  stellaops-db consumers URL             how far is each consumer of an outbox, and who waits?
  stellaops-db tenant export URL         one tenant, whole, into a folder; `tenant --help` tells the rest
  stellaops-db config template           a persistence configuration to begin with
  stellaops-db config check FILE         is a persistence configuration in order?
  stellaops-db check --format json       the answer of any command for a machine
  stellaops-db demo                      two tenants at work on a PostgreSQL of their own

Exit codes:
  0  all is well
  1  the answer is no: faults in the specs or in a configuration, generated files that differ, files in the way of
     `init`, a code that no rule has, a database that breaks a rule, a broken chain, events that wait, a tenant
     that is not exported, imported or erased as asked, a demonstration that did not end as expected
  2  wrong usage of the command
  3  something could not be read, written or reached

Faults and other answers go to standard output, errors of use and of the system (2 and 3) to
standard error. Colours are for terminals only; NO_COLOR turns them off.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Check(check::Check),
    Generate(generate::Generate),
    Explain(explain::Explain),
    Scaffold(scaffold::Scaffold),
    Partitions(partitions::Partitions),
    Verify(verify::Verify),
    VerifyChain(verify_chain::VerifyChain),
    Consumers(consumers::Consumers),
    Tenant(tenant::Tenant),
    Config(config::Config),
    Demo(demo::Demo),
}

impl Arguments {
    fn answer(self) -> Result<Answer, CommandError> {
        let specs = self.specs.as_deref();
        match self.command {
            Command::Init(init) => init.answer(specs, self.format),
            Command::Check(check) => check.answer(specs, self.format),
            Command::Generate(generate) => generate.answer(specs, self.format),
            Command::Explain(explain) => Ok(explain.answer(self.format)),
            Command::Scaffold(scaffold) => scaffold.answer(specs, self.format),
            Command::Partitions(partitions) => partitions.answer(specs, self.format),
            Command::Verify(verify) => verify.answer(specs, self.format),
            Command::VerifyChain(chain) => chain.answer(specs, self.format),
            Command::Consumers(consumers) => consumers.answer(specs, self.format),
            Command::Tenant(tenant) => tenant.answer(specs, self.format),
            Command::Config(config) => config.answer(specs, self.format),
            Command::Demo(demo) => demo.answer(specs, self.format),
        }
    }
}
