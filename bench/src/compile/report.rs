//! The outcome, as tables for people.

use std::fmt::Write;

use stellaops_db_spec::model::{Database, Table};

use crate::measure::{Measured, Series, Times};
use crate::narrow;
use crate::statistics::{median, median_duration, quotient, spread};
use crate::way::Way;

/// Prints everything.
pub(crate) fn print(database: &Database, measured: &Measured) -> String {
    let tables = database.tables().count();
    let columns: usize = database.tables().map(|table| table.fields().len()).sum();
    let mut text = format!(
        "{tables} tables with {columns} columns; {} rounds.\n\n",
        measured.after_spec.wall.len()
    );
    times(&mut text, measured, tables);
    sizes(&mut text, database, measured);
    edits(&mut text, measured);
    targets(&mut text, database, measured);
    text
}

/// `write!` to a text cannot fail.
macro_rules! line {
    ($text:expr, $($part:tt)*) => { let _ = writeln!($text, $($part)*); };
}

fn times(text: &mut String, measured: &Measured, tables: usize) {
    line!(
        text,
        "| way | check, s | of it processor | noise | ms a table | release build, s | of it processor | noise |"
    );
    line!(text, "|---|---:|---:|---:|---:|---:|---:|---:|");
    for series in &measured.ways {
        let (check, release) = (&series.check, &series.release);
        line!(
            text,
            "| {} | {:.1} | {:.1} | {:.0} % | {:.0} | {:.1} | {:.1} | {:.0} % |",
            series.way.name(),
            seconds(check),
            median(&check.processor),
            noise(check),
            median(&check.processor) * 1_000.0 / tables as f64,
            seconds(release),
            median(&release.processor),
            noise(release),
        );
    }
    line!(text, "");
}

fn sizes(text: &mut String, database: &Database, measured: &Measured) {
    let by_width = by_width(database);
    let (widest, middle) = (by_width[by_width.len() - 1], by_width[by_width.len() / 2]);
    line!(
        text,
        "| expanded | all: lines | bytes | a table: lines | bytes | {} ({} columns): lines | bytes | {} ({}): lines | bytes |",
        widest.qualified(),
        widest.fields().len(),
        middle.qualified(),
        middle.fields().len(),
    );
    line!(text, "|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for series in &measured.ways {
        let expansion = &series.expansion;
        let number = expansion.tables.len().max(1);
        let lines: usize = expansion.tables.values().map(|size| size.lines).sum();
        let bytes: usize = expansion.tables.values().map(|size| size.bytes).sum();
        let of = |table: &Table| {
            expansion
                .tables
                .get(&table.qualified())
                .copied()
                .unwrap_or_default()
        };
        line!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            series.way.name(),
            expansion.whole.lines,
            expansion.whole.bytes,
            lines / number,
            bytes / number,
            of(widest).lines,
            of(widest).bytes,
            of(middle).lines,
            of(middle).bytes,
        );
    }
    line!(text, "");
}

fn edits(text: &mut String, measured: &Measured) {
    line!(
        text,
        "| incremental check after an edit of | s | of it processor | noise |"
    );
    line!(text, "|---|---:|---:|---:|");
    for (name, times) in [
        ("one line of a spec", &measured.after_spec),
        ("the same line of the struct", &measured.after_struct),
    ] {
        line!(
            text,
            "| {name} | {:.2} | {:.2} | {:.0} % |",
            seconds(times),
            median(&times.processor),
            noise(times)
        );
    }
    line!(text, "");
}

fn targets(text: &mut String, database: &Database, measured: &Measured) {
    let of = |way: Way| measured.ways.iter().find(|series| series.way == way);
    let (Some(plain), Some(toolkit), Some(sea_orm)) = (of(Way::Plain), of(Way::Toolkit), of(Way::SeaOrm))
    else {
        return;
    };
    let part = quotient(&toolkit.check.processor, &sea_orm.check.processor);
    let copies = |series: &Series| median(&series.narrow.processor) - median(&series.check.processor);
    let own = (copies(toolkit) - copies(plain)) / narrow::COPIES as f64;
    let (lines, bytes) = (
        eight(database, toolkit, |size| size.lines),
        eight(database, toolkit, |size| size.bytes),
    );
    let more = seconds(&measured.after_spec) - seconds(&measured.after_struct);
    line!(text, "| target | measured | |\n|---|---:|---|");
    for (target, measured, limit) in [
        ("check, processor: at most a third of SeaORM's", part, 1.0 / 3.0),
        (
            "check of a table with 8 columns, beyond its plain struct: at most 25 ms",
            own * 1_000.0,
            25.0,
        ),
        (
            "expanded lines of a table with 8 columns: at most 200",
            lines,
            200.0,
        ),
        (
            "expanded bytes of a table with 8 columns: at most 8,000",
            bytes,
            8_000.0,
        ),
        (
            "an edited spec: at most 2 s more than an edited struct",
            more,
            2.0,
        ),
    ] {
        let verdict = if measured <= limit { "met" } else { "missed" };
        let digits = if limit > 10.0 { 0 } else { 2 };
        line!(text, "| {target} | {measured:.digits$} | {verdict} |");
    }
}

/// The median of the tables with eight columns.
fn eight(database: &Database, series: &Series, of: impl Fn(&crate::expansion::Size) -> usize) -> f64 {
    let narrow = database.tables().filter(|table| table.fields().len() == 8);
    let sizes = narrow.filter_map(|table| series.expansion.tables.get(&table.qualified()));
    let numbers: Vec<f64> = sizes.map(|size| of(size) as f64).collect();
    median(&numbers)
}

fn by_width(database: &Database) -> Vec<&Table> {
    let mut tables: Vec<&Table> = database.tables().collect();
    tables.sort_by_key(|table| (table.fields().len(), table.qualified()));
    tables
}

fn seconds(times: &Times) -> f64 {
    median_duration(&times.wall) / 1_000_000.0
}

fn noise(times: &Times) -> f64 {
    let walls: Vec<f64> = times.wall.iter().map(std::time::Duration::as_secs_f64).collect();
    spread(&walls) * 100.0
}
