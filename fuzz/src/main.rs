//! Runs the bodies for a long time, on a stable compiler: mutations of the committed inputs, the same ones for the same seed.
//!
//! Each target runs in a process of its own, so that one that overflows the stack or never ends is found like one that
//! panics. Crashing inputs are written to `crashes/`, and the program fails.

mod crash;
mod long_run;
mod supervisor;

use std::process::ExitCode;

use clap::Parser;

/// Mutates the corpus on all bodies, and reports.
#[derive(Debug, Parser)]
struct Options {
    /// How long, in seconds, all targets together.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Only this target; may be given several times.
    #[arg(long = "target")]
    targets: Vec<String>,
    /// What the mutations follow from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Runs the one target in this very process.
    #[arg(long, hide = true)]
    here: bool,
    /// Runs these inputs of the one target, instead of mutations.
    #[arg(long = "input", requires = "targets")]
    inputs: Vec<std::path::PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let ran = match (&options.targets[..], options.here || !options.inputs.is_empty()) {
        ([name], true) => long_run::here(name, &options),
        (_, true) => Err("name one target".into()),
        _ => supervisor::run(&options),
    };
    match ran {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
