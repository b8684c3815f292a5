//! SHA-256 as the schemas write it: `sha256:` and 64 hex digits.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

/// The digest of bytes.
pub(super) fn sha256_of(bytes: &[u8]) -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").expect("a string takes whatever is written to it");
    }
    text
}

/// The digest of a value's canonical JSON, RFC 8785.
pub(super) fn sha256_of_json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(sha256_of(serde_jcs::to_string(value)?.as_bytes()))
}
