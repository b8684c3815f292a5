//! No verb of the runtime is missing in the table.

use std::collections::BTreeSet;
use std::path::Path;

use crate::verbs;

/// Where the runtime's verbs are.
const ROOMS: [&str; 7] = [
    "bulk",
    "database.rs",
    "outbox",
    "own_sql",
    "queue",
    "repository",
    "scope",
];

/// What is run by no verb of the table, and why.
const ELSEWHERE: [(&str, &str); 7] = [
    (
        "database.rs connect",
        "every fixture connects; what it refuses is in the suite `live`",
    ),
    (
        "database.rs from_pool",
        "it asks what `connect` asks, and nothing that takes effect",
    ),
    ("database.rs with_system_pool", "as `from_pool`"),
    ("database.rs with_replica_pool", "as `from_pool`"),
    ("database.rs close", "it sends nothing that takes effect"),
    (
        "outbox/known.rs last_event_by",
        "a command's way to the statement of `position`",
    ),
    (
        "scope/system.rs verify_chains_by",
        "a command's way to the statements of `verify_chain`",
    ),
];

#[test]
fn every_verb_of_the_runtime_is_under_faults() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stellaops-db/src");
    let mut known = BTreeSet::new();
    for room in ROOMS {
        gather(&root, &root.join(room), &mut known);
    }
    let covered: BTreeSet<String> = verbs::all()
        .iter()
        .flat_map(|verb| verb.covers)
        .chain(ELSEWHERE.iter().map(|(verb, _)| verb))
        .map(|verb| (*verb).to_owned())
        .collect();
    let missing: Vec<_> = known.difference(&covered).collect();
    assert!(missing.is_empty(), "no entry of `verbs` runs {missing:?}");
    let gone: Vec<_> = covered.difference(&known).collect();
    assert!(gone.is_empty(), "the runtime has no {gone:?}");
}

/// The public functions that are awaited, the streams, and what is awaited by itself, as `<file> <name>`.
fn gather(root: &Path, place: &Path, known: &mut BTreeSet<String>) {
    if place.is_dir() {
        for entry in std::fs::read_dir(place).expect("the runtime's sources are there") {
            gather(root, &entry.expect("an entry").path(), known);
        }
        return;
    }
    let file = place.strip_prefix(root).expect("it is under the root").display();
    let text = std::fs::read_to_string(place).expect("a source is a text");
    for line in text.lines().map(str::trim_start) {
        let function = line.strip_prefix("pub async fn ").or_else(|| {
            line.strip_prefix("pub fn ")
                .filter(|_| line.contains("-> impl Stream"))
        });
        let awaited = line.split_once(" IntoFuture for ").map(|(_, name)| name);
        if let Some(rest) = function.or(awaited) {
            let end = rest.find(['(', '<']).unwrap_or(rest.len());
            known.insert(format!("{file} {}", &rest[..end]));
        }
    }
}
