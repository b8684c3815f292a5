//! Digests of canonical JSON, as this schema's ids and digests are made.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The canonical JSON of a value that holds texts, whole numbers, booleans and lists and maps of them.
pub(super) fn canonical(value: &Value) -> String {
    serde_jcs::to_string(value).expect("texts and whole numbers have a canonical form")
}

/// The SHA-256 of the canonical JSON, 64 hexadecimal digits.
pub(super) fn hex_of_json(value: &Value) -> String {
    hex(&Sha256::digest(canonical(value)))
}

/// `sha256:` and 64 hexadecimal digits.
pub(super) fn written(hash: &[u8]) -> String {
    format!("sha256:{}", hex(hash))
}

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
