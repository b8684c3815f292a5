//! What it takes to audit a database of all schemas: the toolkit's audit, its matrix, and the linter pgrls, each a process of
//! its own. `README.md` says how to run it and how to read the table.

mod process;
#[path = "../statistics.rs"]
#[allow(dead_code)] // a part of it is the other programs'
mod statistics;

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use stellaops_db::testing::{PostgresServer, TemplateDatabase};
use stellaops_db::verify::matrix::matrix;
use stellaops_db::verify::{Options as What, verify};
use stellaops_db_spec::ddl;
use stellaops_db_spec::model::Database;

use crate::process::{Taken, measure};

/// Any error: this program tells it and ends.
type Fault = Box<dyn std::error::Error + Send + Sync>;

const LINTER: &str = "pgrls==0.57.1";

/// Measures what an audit of the tables of specs/ takes.
#[derive(Debug, Parser)]
struct Options {
    /// Rounds, in each of which every way has its turn.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Audits this database, and ends: what a process of a round does.
    #[arg(long, hide = true)]
    audit: Option<String>,
    /// Tries the matrix, too.
    #[arg(long, hide = true, requires = "audit")]
    matrix: bool,
}

/// Who looks at the database.
struct Way {
    name: &'static str,
    command: Command,
    /// The greatest exit status that is an answer.
    greatest: i32,
    rounds: Vec<Taken>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fault> {
    let options = Options::parse();
    let specs = stellaops_db_spec::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs"))??;
    if let Some(url) = &options.audit {
        return audit(&specs, url, options.matrix).await;
    }
    let server = PostgresServer::start().await?;
    let files = ddl::emit(&specs);
    let scripts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
    let template = TemplateDatabase::from_scripts(&server, "audit", &scripts).await?;
    let database = template.clone_database().await?;
    let mut ways = ways(&specs, &database.url())?;
    for round in 0..options.rounds {
        for way in &mut ways {
            eprintln!("round {} of {}: {}", round + 1, options.rounds, way.name);
            way.rounds.push(measure(&mut way.command, way.greatest)?);
        }
    }
    print(&specs, server.version(), &ways);
    database.close().await?;
    Ok(server.stop().await?)
}

/// The process of a round.
async fn audit(specs: &Database, url: &str, with_matrix: bool) -> Result<(), Fault> {
    let mut connection = url.parse::<PgConnectOptions>()?.connect().await?;
    let mut audit = verify(&mut connection, specs, &What::default()).await?;
    if with_matrix {
        let matrix = matrix(&mut connection, specs, &audit).await?;
        audit = matrix.join(specs, audit);
    }
    match audit.is_sound() {
        true => Ok(()),
        false => Err(format!("the database is not sound: {:?}", audit.findings).into()),
    }
}

fn ways(specs: &Database, url: &str) -> Result<Vec<Way>, Fault> {
    let own = |further: &[&str]| -> Result<Command, Fault> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--audit", url]).args(further);
        Ok(command)
    };
    let mut ways = vec![
        ("verify", own(&[])?, 0),
        ("verify, with the matrix", own(&["--matrix"])?, 0),
    ];
    match installed() {
        Ok(library) => {
            let mut linter = linter(specs, url, &library);
            // Its first round is not measured: it shows that it answers.
            serde_json::from_slice::<serde_json::Value>(&linter.output()?.stdout)?;
            ways.push(("pgrls lint", linter, 1));
        }
        Err(why) => eprintln!("SKIPPED: {LINTER} cannot be installed: {why}"),
    }
    let ways = ways.into_iter().map(|(name, command, greatest)| Way {
        name,
        command,
        greatest,
        rounds: Vec::new(),
    });
    Ok(ways.collect())
}

/// It ends with 1 where it has a notice: that is an answer, too.
fn linter(specs: &Database, url: &str, library: &Path) -> Command {
    let schemas: Vec<&str> = specs.schemas.iter().map(|schema| schema.name.as_str()).collect();
    let mut command = Command::new("python3");
    command
        .args(["-m", "pgrls", "lint", "--format", "json", "--database-url", url])
        .args(["--schemas", &format!("{},stellaops", schemas.join(","))])
        .env("PYTHONPATH", library);
    command
}

/// The folder of the linter, installed once.
fn installed() -> Result<PathBuf, Fault> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target")
        .join(LINTER.replace("==", "-"));
    if folder.is_dir() {
        return Ok(folder);
    }
    let output = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--target",
        ])
        .arg(&folder)
        .arg(LINTER)
        .output()?;
    match output.status.success() {
        true => Ok(folder),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().into()),
    }
}

fn print(specs: &Database, version: u32, ways: &[Way]) {
    let rounds = ways.first().map_or(0, |way| way.rounds.len());
    println!(
        "{} tables, PostgreSQL {version}, {rounds} rounds\n",
        specs.tables().count()
    );
    println!("| way | median | noise | beside `verify` | memory, at most |\n|---|---:|---:|---:|---:|");
    let seconds = |way: &Way| way.rounds.iter().map(|taken| taken.seconds).collect::<Vec<f64>>();
    let Some(own) = ways.first().map(seconds) else {
        return;
    };
    for way in ways {
        let seconds = seconds(way);
        let mebibytes = way.rounds.iter().map(|taken| taken.mebibytes).fold(0.0, f64::max);
        println!(
            "| {} | {:.2} s | {:.0} % | {:.2} | {mebibytes:.0} MiB |",
            way.name,
            statistics::median(&seconds),
            statistics::spread(&seconds) * 100.0,
            statistics::quotient(&seconds, &own),
        );
    }
}
