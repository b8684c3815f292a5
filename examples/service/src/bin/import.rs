//! The feed import: `cargo run --bin import -- --demo` imports 100,000 made-up entries into a throwaway database, twice.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{NaiveDate, Utc};
use clap::Parser;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use service::feed::{Catalogue, Feed, Imported, SoFar, made_up};
use service::{Failure, Place, exit_code, tell_warnings};
use stellaops_db::{Database, SystemScope};

const MADE_UP: u64 = 100_000;

/// Imports a catalogue of exploited vulnerabilities, one JSON object a line. What cannot be imported is told, line by
/// line, and the rest is. The database is that of STELLAOPS_DB_URL and STELLAOPS_DB_SYSTEM_URL.
///
/// Exit code: 0 all was imported, 1 some lines were refused, 2 nothing was imported.
#[derive(Parser)]
struct Arguments {
    /// The feed; standard input unless it is named.
    feed: Option<PathBuf>,
    /// The catalogue's key among the sources.
    #[arg(long, default_value = "cisa-kev")]
    source: String,
    /// Where the catalogue is published.
    #[arg(long, default_value = "https://www.cisa.gov/known-exploited-vulnerabilities-catalog")]
    address: String,
    /// The day of the catalogue's edition; today unless it is said.
    #[arg(long, value_name = "DATE")]
    edition: Option<NaiveDate>,
    /// Takes so many made-up entries in place of a feed.
    #[arg(long, value_name = "NUMBER", conflicts_with = "feed")]
    make: Option<u64>,
    /// Writes the made-up entries to standard output, and imports nothing.
    #[arg(long, requires = "make", conflicts_with = "demo")]
    print: bool,
    /// A throwaway database. Imports the feed twice, made-up entries unless it is named.
    #[arg(long)]
    demo: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    tell_warnings();
    exit_code(run(Arguments::parse()).await)
}

async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    if arguments.print {
        print(arguments.make.unwrap_or(MADE_UP))?;
        return Ok(ExitCode::SUCCESS);
    }
    let place = Place::open(arguments.demo).await?;
    let mut imported = import(&place.database, &arguments).await?;
    if arguments.demo {
        println!("once more:");
        imported = import(&place.database, &arguments).await?;
    }
    place.close().await;
    Ok(ExitCode::from(u8::from(!imported.refused.is_empty())))
}

fn print(number: u64) -> Result<(), Failure> {
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    for line in made_up(number) {
        writeln!(output, "{line}")?;
    }
    Ok(output.flush()?)
}

async fn import(database: &Database, arguments: &Arguments) -> Result<Imported, Failure> {
    let feed = match (&arguments.feed, arguments.make) {
        (Some(path), _) => {
            Feed::of_file(path).await.map_err(|error| format!("`{}`: {error}", path.display()))?
        }
        (None, Some(number)) => Feed::of_made_up(number),
        (None, None) if arguments.demo => Feed::of_made_up(MADE_UP),
        (None, None) => Feed::of_input(),
    };
    // Only the system writes what all tenants read; the reason is kept in `stellaops.system_access`.
    let system = database.system(&format!("imports the catalogue `{}`", arguments.source)).await?;
    let imported = import_as(&system, arguments, feed).await;
    system.close().await?;
    let imported = imported?;
    tell(&imported);
    Ok(imported)
}

async fn import_as(system: &SystemScope, arguments: &Arguments, feed: Feed) -> Result<Imported, Failure> {
    let edition = arguments.edition.unwrap_or_else(|| Utc::now().date_naive());
    let catalogue = Catalogue::of(system, &arguments.source, &arguments.address, edition).await?;
    let bar = progress_bar(&feed)?;
    let show = |so_far: SoFar| {
        bar.set_position(so_far.bytes);
        bar.set_message(format!("{} rows, {} refused", HumanCount(so_far.rows), HumanCount(so_far.refused)));
    };
    let imported = catalogue.import(system, feed.lines, show).await;
    bar.finish_and_clear();
    Ok(imported?)
}

/// On standard error, and only where that is a terminal.
fn progress_bar(feed: &Feed) -> Result<ProgressBar, Failure> {
    Ok(match feed.bytes {
        Some(bytes) => ProgressBar::new(bytes).with_style(ProgressStyle::with_template(
            "{bar:40} {percent:>3} %, {binary_bytes_per_sec}, {msg}",
        )?),
        None => ProgressBar::no_length()
            .with_style(ProgressStyle::with_template("{spinner} {binary_bytes}, {msg}")?),
    })
}

fn tell(imported: &Imported) {
    for line in &imported.refused {
        eprintln!("line {}: {}", line.number, line.reason);
    }
    println!(
        "{} new, {} changed, {} as they were, {} refused",
        HumanCount(imported.inserted),
        HumanCount(imported.updated),
        HumanCount(imported.unchanged),
        HumanCount(imported.refused.len() as u64),
    );
}
