//! The hash of a link: two rows have one only if they are the same, wherever one text ends and the next begins; and a chain
//! that was changed is found.
//!
//! An input is a byte that chooses, the hash before, and texts: a name and what the column holds, one after the other.

use stellaops_db::chain::{ChainLink, ChainVerifier, link_hash};

use super::reader::Reader;
use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "chain",
    body,
    pieces: &[
        "\u{1}a",
        "\u{2}ab",
        "\u{1}1",
        "\u{3}1:a",
        "\u{4}1:a1",
        "\u{6}1:a1:b",
        "\0",
        "\u{4}:",
        "é",
        "\u{7f}",
    ],
};

type Row = Vec<(String, Option<String>)>;

/// Nothing panics, and no two rows share a hash.
pub fn body(data: &[u8]) {
    let mut reader = Reader::new(data);
    let chosen = reader.byte();
    let previous: [u8; 4] = reader.array();
    let mut row: Row = Vec::new();
    while !reader.is_empty() {
        let name = reader.text();
        let is_null = reader.byte() == 0;
        row.push((name, (!is_null).then(|| reader.text())));
    }
    let other = changed(&row, chosen);
    let is_same = known(&row) == known(&other);
    assert_eq!(
        hash(&row, &previous) == hash(&other, &previous),
        is_same,
        "{row:?} and {other:?}"
    );
    assert_ne!(hash(&row, &previous), hash(&row, &[&previous[..], &[0]].concat()));
    look_at_chain(&row, &other);
}

fn hash(row: &Row, previous: &[u8]) -> [u8; 32] {
    link_hash(
        row.iter().map(|(name, text)| (name.as_str(), text.as_deref())),
        previous,
    )
}

/// NULL is left out of a hash.
fn known(row: &Row) -> Vec<(&str, &str)> {
    row.iter()
        .filter_map(|(name, text)| Some((name.as_str(), text.as_deref()?)))
        .collect()
}

/// The row with a boundary moved by a character, two columns swapped, or one left out.
fn changed(row: &Row, chosen: u8) -> Row {
    let mut other = row.clone();
    let at = usize::from(chosen >> 2) % other.len().max(1);
    match (chosen % 4, other.get_mut(at)) {
        (_, None) => {}
        (0, Some((name, Some(text)))) => {
            if let Some(moved) = text.chars().next() {
                text.remove(0);
                name.push(moved);
            }
        }
        (1, Some((name, Some(text)))) => {
            if let Some(moved) = name.pop() {
                text.insert(0, moved);
            }
        }
        (2, Some(_)) => other.reverse(),
        (_, Some(_)) => drop(other.remove(at)),
    }
    other
}

/// A chain of rows is whole, and not when one text is another.
fn look_at_chain(row: &Row, other: &Row) {
    let names = || row.iter().map(|(name, _)| name.clone());
    let texts = |row: &Row| row.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
    let mut verifier = ChainVerifier::new(names());
    let mut previous = vec![0; 32];
    for position in 1..=3 {
        let own = hash(row, &previous);
        let link = ChainLink {
            position,
            previous: std::mem::replace(&mut previous, own.to_vec()),
            hash: own.to_vec(),
            texts: texts(row),
        };
        if other.len() == row.len()
            && names().eq(other.iter().map(|(name, _)| name.clone()))
            && known(other) != known(row)
        {
            let forged = ChainLink {
                texts: texts(other),
                ..link.clone()
            };
            assert!(
                verifier.clone().take(&forged).is_err(),
                "{row:?} is taken for {other:?}"
            );
        }
        verifier
            .take(&link)
            .unwrap_or_else(|fault| panic!("{row:?}: {fault}"));
    }
    verifier
        .clone()
        .finish(Some((3, &previous)))
        .expect("the head fits");
    assert!(verifier.finish(Some((2, &previous))).is_err());
}
