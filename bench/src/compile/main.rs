//! What it takes to compile the tables of `specs/` written with the toolkit, SeaORM and Diesel, beside
//! plain structs. `README.md` says how to run it and how to read the tables.

mod diesel;
mod expansion;
mod measure;
mod narrow;
mod package;
mod plain;
mod report;
mod scaffolded;
mod sea_orm;
#[path = "../statistics.rs"]
mod statistics;
mod toolkit;
mod way;

use std::path::{Path, PathBuf};

use clap::Parser;

/// Any error: this program tells it and ends.
type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Measures what the tables of specs/ take to compile: with the toolkit, SeaORM and Diesel.
#[derive(Debug, Parser)]
struct Options {
    /// Rounds.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Writes the packages and ends.
    #[arg(long)]
    write_only: bool,
    /// Where the packages are written and built.
    #[arg(long, default_value_os_t = package::default_folder())]
    folder: PathBuf,
}

fn main() -> Result<(), Fault> {
    let options = Options::parse();
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let database = stellaops_db_spec::load(&specs)??;
    package::write(&options.folder, &specs, &database)?;
    if options.write_only {
        return Ok(());
    }
    let measured = measure::all(&options.folder, options.rounds)?;
    println!("{}", report::print(&database, &measured));
    Ok(())
}
