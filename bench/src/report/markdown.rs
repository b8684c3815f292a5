//! The report as tables for people.

use std::fmt::Write as _;

use crate::report::{NetworkReport, Report, SeriesReport, VerbReport};
use crate::statistics::median;
use crate::way::Kind;

/// Writes the report.
pub(crate) fn print(report: &Report) -> String {
    let mut text = String::new();
    let Report {
        postgresql,
        processors,
        rows,
        tenants,
        operations,
        rounds,
        ..
    } = report;
    // Writing into a text cannot fail.
    let _ = writeln!(
        text,
        "PostgreSQL {postgresql}, {processors} processors, {rows} rows of {tenants} tenants; {rounds} interleaved rounds of {operations} calls.\n"
    );
    for network in &report.networks {
        let _ = writeln!(text, "### {}\n\n{}", title(&network.name), table(network));
    }
    let _ = writeln!(text, "### The ways\n");
    for way in &report.ways {
        let _ = writeln!(
            text,
            "* **{}**{}: {}.",
            way.name,
            exchanges(report, way.name),
            way.explanation
        );
    }
    let _ = writeln!(
        text,
        "\n### The targets\n\n| verb | network | target | measured | |\n|---|---|---|---|---|"
    );
    for target in &report.targets {
        let met = if target.is_met { "met" } else { "**missed**" };
        let (verb, network, promise) = (&target.verb, &target.network, &target.promise);
        let _ = writeln!(
            text,
            "| {verb} | {network} | {promise} | {:.2} | {met} |",
            target.measured
        );
    }
    text
}

fn title(network: &str) -> String {
    match network {
        "straight" => "Straight to the server".into(),
        delayed => format!("Each round trip {delayed}"),
    }
}

fn table(network: &NetworkReport) -> String {
    let mut text = String::from(
        "| verb | floor, us | noise | stellaops-db, us | x floor | usual, us | x floor | usual / ours | tenant in BEGIN / ours | pipelined / ours | pooled floor / ours |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for verb in &network.verbs {
        let _ = writeln!(text, "{}", row(verb));
    }
    let noise: Vec<f64> = network
        .verbs
        .iter()
        .map(|verb| way(verb, Kind::Floor).spread)
        .collect();
    let widest = noise.iter().copied().fold(0.0, f64::max);
    let _ = writeln!(
        text,
        "\nNoise: the floor's rounds lie {:.0} % of their median apart in the median of the verbs, {:.0} % at most.",
        median(&noise) * 100.0,
        widest * 100.0
    );
    text
}

fn row(verb: &VerbReport) -> String {
    let (floor, ours, usual) = (
        way(verb, Kind::Floor),
        way(verb, Kind::Toolkit),
        way(verb, Kind::Usual),
    );
    let compared = |kind: Kind| ours.faster_than_usual / way(verb, kind).faster_than_usual;
    format!(
        "| {} | {:.0} | {:.0} % | {:.0} | **{:.2}** | {:.0} | {:.2} | **{:.2}** | {:.2} | {:.2} | {:.2} |",
        verb.verb,
        floor.median,
        floor.spread * 100.0,
        ours.median,
        ours.of_floor,
        usual.median,
        usual.of_floor,
        ours.faster_than_usual,
        compared(Kind::TenantInBegin),
        compared(Kind::Pipelined),
        compared(Kind::Pooled),
    )
}

fn way(verb: &VerbReport, kind: Kind) -> &SeriesReport {
    verb.ways
        .iter()
        .find(|series| series.way == kind.name())
        .expect("every verb is measured in every way")
}

/// `, 1 exchange a call`, where it was counted.
fn exchanges(report: &Report, way: &str) -> String {
    let series = report
        .networks
        .iter()
        .flat_map(|network| &network.verbs)
        .flat_map(|verb| &verb.ways);
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
