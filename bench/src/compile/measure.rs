//! The rounds: all ways in turn, so that what the machine does besides meets all of them alike.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Fault;
use crate::expansion::{self, Expansion};
use crate::way::Way;
use crate::{narrow, package};

/// What was measured.
pub(crate) struct Measured {
    pub(crate) ways: Vec<Series>,
    /// `cargo check`, incremental, after an edit of one line of a spec.
    pub(crate) after_spec: Times,
    /// The same after the edit of the same line of the struct.
    pub(crate) after_struct: Times,
}

/// One way.
pub(crate) struct Series {
    pub(crate) way: Way,
    pub(crate) check: Times,
    /// The check with the copies of the narrow table; not measured of the peers.
    pub(crate) narrow: Times,
    pub(crate) release: Times,
    pub(crate) expansion: Expansion,
}

/// The rounds of one measure.
#[derive(Default)]
pub(crate) struct Times {
    /// From start to end.
    pub(crate) wall: Vec<Duration>,
    /// The processor's work, in seconds: it counts no waiting for a machine that does other things.
    pub(crate) processor: Vec<f64>,
}

/// The commands.
const CHECK: [&str; 1] = ["check"];
const CHECK_NARROW: [&str; 3] = ["check", "--features", narrow::FEATURE];
const RELEASE: [&str; 2] = ["build", "--release"];

/// Everything.
pub(crate) fn all(folder: &Path, rounds: usize) -> Result<Measured, Fault> {
    let mut ways = Vec::new();
    for way in Way::ALL {
        eprintln!("{}: dependencies, then what the macros write", way.name());
        cargo(folder, way, &CHECK, "0")?;
        cargo(folder, way, &RELEASE, "0")?;
        ways.push(Series {
            way,
            check: Times::default(),
            narrow: Times::default(),
            release: Times::default(),
            expansion: expand(folder, way)?,
        });
    }
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for series in &mut ways {
            let root = folder.join(series.way.folder()).join("src/lib.rs");
            touch(&root)?;
            series.check.add(|| cargo(folder, series.way, &CHECK, "0"))?;
            if matches!(series.way, Way::Plain | Way::Toolkit) {
                touch(&root)?;
                series
                    .narrow
                    .add(|| cargo(folder, series.way, &CHECK_NARROW, "0"))?;
            }
            touch(&root)?;
            series.release.add(|| cargo(folder, series.way, &RELEASE, "0"))?;
        }
    }
    let (after_spec, after_struct) = edits(folder, rounds)?;
    Ok(Measured {
        ways,
        after_spec,
        after_struct,
    })
}

/// An edit of what a table is, in its spec and in its struct.
fn edits(folder: &Path, rounds: usize) -> Result<(Times, Times), Fault> {
    eprintln!("edits");
    let package = folder.join(Way::Toolkit.folder());
    let spec = package.join("specs/scheduler/graph_jobs.toml");
    let source = package.join("src/scheduler.rs");
    let (mut after_spec, mut after_struct) = (Times::default(), Times::default());
    for number in 0..=rounds {
        for (file, before, times) in [
            (&spec, "summary = \"", &mut after_spec),
            (&source, "/// A request to ", &mut after_struct),
        ] {
            let text = fs::read_to_string(file)?;
            let edited = text.replacen(before, &format!("{before}{number} "), 1);
            if edited == text {
                return Err(format!("{}: nothing to edit", file.display()).into());
            }
            fs::write(file, edited)?;
            // The first round fills the incremental cache.
            match number {
                0 => cargo(folder, Way::Toolkit, &CHECK, "1")?,
                _ => times.add(|| cargo(folder, Way::Toolkit, &CHECK, "1"))?,
            }
        }
    }
    Ok((after_spec, after_struct))
}

fn cargo(folder: &Path, way: Way, arguments: &[&str], incremental: &str) -> Result<(), Fault> {
    let status = command(folder, way, arguments)
        .arg("-q")
        .env("CARGO_INCREMENTAL", incremental)
        .status()?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{}: cargo {arguments:?} failed", way.name()).into()),
    }
}

fn expand(folder: &Path, way: Way) -> Result<Expansion, Fault> {
    let output = command(folder, way, &["rustc", "--profile", "check"])
        .args(["-q", "--", "-Zunpretty=expanded"])
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTC_WORKSPACE_WRAPPER", package::wrapper(folder))
        .stderr(Stdio::inherit())
        .output()?;
    match output.status.success() {
        true => Ok(expansion::read(&String::from_utf8(output.stdout)?)),
        false => Err(format!("{}: its macros were not expanded", way.name()).into()),
    }
}

/// Cargo on one package. What this program was started with is not the packages' business.
fn command(folder: &Path, way: Way, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(arguments)
        .args(["--lib", "--package", &format!("compile-{}", way.folder())])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("RUSTFLAGS")
        .env_remove("STELLAOPS_DB_SPECS");
    command
}

/// The file, new.
fn touch(file: &Path) -> Result<(), Fault> {
    let text = fs::read(file)?;
    Ok(fs::write(file, text)?)
}

impl Times {
    fn add(&mut self, run: impl FnOnce() -> Result<(), Fault>) -> Result<(), Fault> {
        let before = processor_seconds();
        let begun = Instant::now();
        run()?;
        self.wall.push(begun.elapsed());
        self.processor.push(processor_seconds() - before);
        Ok(())
    }
}

/// What programs that were started here and have ended took of the processor, in user mode. Linux tells it in
/// hundredths of a second; elsewhere it is zero.
fn processor_seconds() -> f64 {
    let statistics = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The program's name, in brackets, may hold spaces.
    let after_name = statistics.rsplit(')').next().unwrap_or_default();
    let children = after_name.split_whitespace().nth(13);
    let ticks: f64 = children.and_then(|field| field.parse().ok()).unwrap_or(0.0);
    ticks / 100.0
}
