//! The report as a table for people.

use std::fmt::Write as _;

use crate::outcome::Survival;
use crate::report::{Report, WorkReport};
use crate::statistics::median;
use crate::way::Kind;

/// Writes the report. Writing into a text cannot fail.
pub(crate) fn print(report: &Report) -> String {
    let mut text = head(report);
    let peers = Kind::PEERS.into_iter().filter(|peer| {
        let mut works = report.works.iter();
        works.any(|work| work.way(*peer).is_some())
    });
    let peers: Vec<Kind> = peers.collect();
    let _ = write!(
        text,
        "| work | network | yardstick | noise | stellaops-db | x yardstick |"
    );
    for peer in &peers {
        let _ = write!(text, " {} |", peer.name());
    }
    let _ = writeln!(text, " targets |");
    let _ = writeln!(
        text,
        "|---|---|---:|---:|---:|---:|{}---|",
        "---:|".repeat(peers.len())
    );
    for work in &report.works {
        let _ = writeln!(text, "{}", row(work, &peers));
    }
    let _ = writeln!(text, "\n{}", noise(report));
    if !report.killed_workers.is_empty() {
        let _ = writeln!(
            text,
            "\n### Workers that were killed\n\n{}",
            killed(&report.killed_workers)
        );
    }
    let _ = writeln!(text, "\n### The ways\n");
    for way in &report.ways {
        let exchanges = exchanges(report, way.name);
        let _ = writeln!(text, "* **{}**{exchanges}: {}.", way.name, way.explanation);
    }
    text
}

fn head(report: &Report) -> String {
    let Report {
        postgresql,
        processors,
        rows,
        many,
        tenants,
        operations,
        rounds,
        ..
    } = report;
    format!(
        "PostgreSQL {postgresql}, {processors} processors; {rows} rows of {tenants} tenants and {many} of one more; \
         {rounds} interleaved rounds of {operations} calls. A number under the name of a peer says how many times as much \
         as stellaops-db it takes.\n\n"
    )
}

fn row(work: &WorkReport, peers: &[Kind]) -> String {
    let number = |kind: Kind| {
        let series = work.way(kind);
        series.map_or("–".into(), |series| amount(series.median, work.unit))
    };
    let ours = work.way(Kind::Toolkit);
    let measure = work.yardstick.and_then(|kind| work.way(kind));
    let noise = measure.or(ours).map_or(0.0, |series| series.spread);
    let of_yardstick = ours.and_then(|ours| ours.of_yardstick);
    let mut text = format!(
        "| {} | {} | {} | {:.0} % | {} | {} |",
        work.work,
        work.network,
        work.yardstick.map_or("–".into(), number),
        noise * 100.0,
        number(Kind::Toolkit),
        of_yardstick.map_or("–".into(), |ratio| format!("**{ratio:.2}**")),
    );
    for peer in peers {
        let compared = work.way(*peer).and_then(|series| series.of_toolkit);
        let compared = compared.map_or("–".into(), |ratio| format!("{ratio:.2}"));
        let _ = write!(text, " {compared} |");
    }
    let _ = write!(text, " {} |", targets(work));
    text
}

/// With a unit in which it has few digits.
fn amount(number: f64, unit: &str) -> String {
    match unit {
        "us" if number >= 1e7 => format!("{:.1} s", number / 1e6),
        "us" if number >= 1e6 => format!("{:.2} s", number / 1e6),
        "us" if number >= 1e4 => format!("{:.1} ms", number / 1e3),
        unit => format!("{number:.0} {unit}"),
    }
}

fn targets(work: &WorkReport) -> String {
    let missed: Vec<String> = work
        .targets
        .iter()
        .filter(|target| !target.is_met)
        .map(|target| format!("{} ({:.2})", target.promise, target.measured))
        .collect();
    match (work.targets.is_empty(), missed.is_empty()) {
        (true, _) => "–".into(),
        (false, true) => "met".into(),
        (false, false) => format!("**missed**: {}", missed.join(", ")),
    }
}

fn noise(report: &Report) -> String {
    let yardsticks = report.works.iter().filter_map(|work| work.way(work.yardstick?));
    let noise: Vec<f64> = yardsticks.map(|series| series.spread).collect();
    let widest = noise.iter().copied().fold(0.0, f64::max);
    format!(
        "Noise: the yardstick's rounds lie {:.0} % of their median apart in the median of the works, {:.0} % at most.",
        median(&noise) * 100.0,
        widest * 100.0
    )
}

fn killed(survivals: &[Survival]) -> String {
    let mut text = String::from(
        "| way | jobs | workers dropped | connections ended | claimed again | lost | completed twice | |\n\
         |---|---:|---:|---:|---:|---:|---:|---|",
    );
    for survival in survivals {
        let Survival {
            way,
            jobs,
            dropped,
            terminated,
            claimed_again,
            lost,
            twice,
        } = survival;
        let met = if lost + twice == 0 { "met" } else { "**missed**" };
        let _ = write!(
            text,
            "\n| {way} | {jobs} | {dropped} | {terminated} | {claimed_again} | {lost} | {twice} | {met} |"
        );
    }
    text
}

/// `, 1 exchange a call`, where it was counted.
fn exchanges(report: &Report, way: &str) -> String {
    let series = report.works.iter().flat_map(|work| &work.ways);
    let counted: Vec<f64> = series
        .filter(|series| series.way == way)
        .filter_map(|series| series.exchanges)
        .collect();
    let (Some(least), Some(most)) = (
        counted.iter().copied().reduce(f64::min),
        counted.iter().copied().reduce(f64::max),
    ) else {
        return String::new();
    };
    let unit = if most == 1.0 { "exchange" } else { "exchanges" };
    if least == most {
        format!(" ({least} network {unit} a call)")
    } else {
        format!(" ({least} to {most} network {unit} a call)")
    }
}
