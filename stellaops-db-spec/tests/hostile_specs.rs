//! No text makes the reader or the checker panic, and none makes it lose what is written.

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use stellaops_db_spec::diagnostic::Diagnostics;
use stellaops_db_spec::load_sources;
use stellaops_db_spec::syntax::{Node, parse};

use support::{cases, good, sources};

/// A spec with something of everything, to be mutilated.
const RICH: &str = include_str!("hostile/rich.toml");

/// What may be put anywhere: pieces that mean something to TOML or to a spec.
const PIECES: &[&str] = &[
    "\n",
    "\"",
    "'",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "#",
    "\\",
    "\0",
    "\r\n",
    "é",
    "𝄞",
    "-1",
    "9999999999999999999",
    "1.5",
    "true",
    "false",
    "[]",
    "{}",
    "\"\"",
    "\"now\"",
    "\"id\"",
    "\"tenant_id\"",
    "\"things\"",
    "[columns.id]",
    "[[indexes]]",
    "[queue]",
    "nullable = true",
    "key = []",
    "type = \"text\"",
];

#[test]
fn the_rich_spec_is_good() {
    if let Err(report) = load_sources(&sources(&with_things(RICH.into()))) {
        panic!("{report}");
    }
}

#[test]
fn every_truncation_is_answered() {
    for (end, _) in RICH.char_indices() {
        answer(&with_things(RICH[..end].into()));
    }
}

#[test]
fn every_line_can_be_left_out_or_written_twice() {
    let lines: Vec<&str> = RICH.lines().collect();
    for position in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(position);
        answer(&with_things(fewer.join("\n")));
        let mut more = lines.clone();
        more.insert(position, lines[position]);
        answer(&with_things(more.join("\n")));
    }
}

#[test]
fn every_value_can_be_of_another_kind() {
    for (position, line) in RICH.lines().enumerate() {
        let Some((key, _)) = line.split_once(" = ") else {
            continue;
        };
        for value in [
            "7",
            "-7",
            "true",
            "\"\"",
            "\"x\"",
            "[]",
            "[\"x\"]",
            "{}",
            "{ x = 1 }",
            "1.5",
        ] {
            let mut lines: Vec<String> = RICH.lines().map(Into::into).collect();
            lines[position] = format!("{key} = {value}");
            answer(&with_things(lines.join("\n")));
        }
    }
}

#[test]
fn of_very_many_faults_the_first_are_drawn_and_all_are_given() {
    let text = (0..1_000).map(|number| format!("key_{number} = 1\n")).collect();
    let report = load_sources(&sources(&with_things(text))).expect_err("no such key is known");
    assert!(report.faults().len() >= 1_000);
    let told = report.to_string();
    assert_eq!(told.matches("specs/app/things.toml:").count(), 500);
    assert!(
        told.ends_with("faults in the specs; these are the first 500\n"),
        "{told}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in "\\PC*") {
        answer(&with_things(text.clone()));
        let mut texts = good();
        texts.insert("specs/app/schema.toml".into(), text.clone());
        answer(&texts);
        texts.insert("specs/database.toml".into(), text);
        answer(&texts);
    }

    #[test]
    fn any_mutilation_is_answered(edits in edits()) {
        answer(&with_things(mutilate(RICH, &edits)));
    }

    #[test]
    fn any_mutilation_of_a_broken_spec_is_answered(which in any::<prop::sample::Index>(), edits in edits()) {
        let cases = cases();
        let case = &cases[which.index(cases.len())];
        let texts = case.texts.iter().map(|(path, text)| (path.clone(), mutilate(text, &edits))).collect();
        answer(&texts);
    }

    #[test]
    fn any_path_is_answered(path in "[a-z/.A-Z]{0,20}") {
        let mut texts = good();
        texts.insert(path, "summary = \"A thing.\"".into());
        answer(&texts);
    }
}

/// An edit: where, how much of what is there goes, and what comes instead.
type Edit = (prop::sample::Index, usize, prop::sample::Index);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(
        (
            any::<prop::sample::Index>(),
            0..20_usize,
            any::<prop::sample::Index>(),
        ),
        1..6,
    )
}

fn mutilate(text: &str, edits: &[Edit]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for (place, length, piece) in edits {
        if characters.is_empty() {
            break;
        }
        let start = place.index(characters.len());
        let end = (start + length).min(characters.len());
        let piece = PIECES[piece.index(PIECES.len())];
        characters.splice(start..end, piece.chars());
    }
    characters.into_iter().collect()
}

fn with_things(text: String) -> BTreeMap<String, String> {
    let mut texts = good();
    texts.insert("specs/app/things.toml".into(), text);
    texts
}

/// Either a report whose faults have a place and can be drawn, or a database in which nothing that
/// was written is missing.
fn answer(texts: &BTreeMap<String, String>) {
    match load_sources(&sources(texts)) {
        Err(report) => {
            assert!(!report.faults().is_empty());
            assert_eq!(report.to_records().len(), report.faults().len());
            assert!(report.to_string().contains("explain"));
        }
        Ok(database) => {
            for table in database.tables() {
                let text = &texts[&format!("specs/{}/{}.toml", table.schema, table.name)];
                let mut diagnostics = Diagnostics::new();
                let root = parse(0, text, &mut diagnostics);
                assert!(diagnostics.is_empty(), "{text}");
                let list = |key: &str| root.get(key).map_or(0, |node| node.items().len());
                assert_eq!(table.indexes.len(), list("indexes"), "{text}");
                assert_eq!(table.unique_keys.len(), list("unique"), "{text}");
                assert_eq!(table.checks.len(), list("checks"), "{text}");
                assert_eq!(table.finders.len(), list("finders"), "{text}");
                assert_eq!(table.queue.is_some(), root.get("queue").is_some(), "{text}");
                let columns = root.get("columns").map(Node::entries).unwrap_or_default();
                let references = columns
                    .iter()
                    .filter(|column| column.node.get("references").is_some());
                assert_eq!(
                    table.references.len(),
                    references.count() + list("references"),
                    "{text}"
                );
                let fields = table.fields().len() - usize::from(table.tenant_column().is_some());
                assert_eq!(fields, columns.len(), "{text}");
            }
        }
    }
}
