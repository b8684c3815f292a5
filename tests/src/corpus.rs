//! Texts that attack: `tests/corpus/texts.json`.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
struct Corpus {
    texts: BTreeMap<String, Vec<String>>,
    long: Vec<Long>,
    alike: Vec<Vec<String>>,
    no_utf8: Vec<String>,
}

/// A text that is written again and again.
#[derive(Deserialize)]
struct Long {
    text: String,
    times: usize,
}

fn corpus() -> Corpus {
    serde_json::from_str(include_str!("../corpus/texts.json")).expect("the corpus is JSON of this form")
}

/// Every text, without those that are long, each once.
pub fn texts() -> Vec<String> {
    let Corpus { texts, alike, .. } = corpus();
    let mut texts: Vec<String> = texts.into_values().chain(alike).flatten().collect();
    texts.sort();
    texts.dedup();
    texts
}

/// Those that are long: from a tenant id's length to a megabyte.
pub fn long_texts() -> Vec<String> {
    let long = corpus().long.into_iter();
    long.map(|Long { text, times }| text.repeat(times)).collect()
}

/// Groups of texts that a person, a collation or a normal form takes for the same, and that are none the same.
pub fn alike() -> Vec<Vec<String>> {
    corpus().alike
}

/// Bytes that are no UTF-8, or are taken for other characters by an encoding of more than one byte.
pub fn no_utf8() -> Vec<Vec<u8>> {
    let byte = |pair: &[u8]| {
        let digits = std::str::from_utf8(pair).expect("hexadecimal digits");
        u8::from_str_radix(digits, 16).expect("hexadecimal digits")
    };
    let written = corpus().no_utf8.into_iter();
    written
        .map(|digits| digits.as_bytes().chunks(2).map(byte).collect())
        .collect()
}
