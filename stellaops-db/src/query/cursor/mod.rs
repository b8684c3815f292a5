//! Cursors: where a page begins and which way it goes, bound to the query and the tenant it belongs to,
//! and signed where the configuration has a key.

mod content;
mod key;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

pub(crate) use content::Position;
use content::{Content, Fingerprint};
pub use key::CursorKey;
pub(crate) use key::CursorKeys;

use crate::value::{Parameter, ParameterType};

/// The first byte of a cursor: what follows has another form in another version.
const VERSION: u8 = 2;

/// Where a page begins: behind the last row of the page before, or, backward, in front of the first row of
/// the page behind. Opaque: a client keeps it and gives it back to be served that page.
///
/// It is bound to the query (table, order, pins, filters) and to the tenant. With keys in the configuration
/// it is signed as well, so that a client cannot make one up; see [`CursorKey`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

/// Why a cursor is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCursor {
    /// The text is no cursor.
    #[error("this is no cursor")]
    Malformed,
    /// The cursor was made by a program with another version of cursors.
    #[error("this cursor is of another version; start again with the first page")]
    AnotherVersion,
    /// The configuration has keys, and none of them signed the cursor.
    #[error("this cursor is not signed by a key of the configuration; start again with the first page")]
    NotSigned,
    /// The cursor was made by another query, with other pins or filters, or for another tenant.
    #[error("this cursor belongs to another query or tenant; start again with the first page")]
    AnotherQuery,
}

impl Cursor {
    /// Takes a text that a client gave back; it is checked when it is used.
    pub fn from_text(text: impl Into<String>) -> Self {
        Cursor(text.into())
    }

    /// The text to give to a client: letters, digits, `-` and `_` only, fit for a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes the cursor of a place in a query's rows; none when a value can be part of no order.
    pub(crate) fn seal(position: &Position, query: Fingerprint, keys: &CursorKeys) -> Option<Self> {
        let mut bytes = vec![VERSION];
        bytes.extend(Content::of(position, query)?.to_bytes()?);
        keys.sign(&mut bytes);
        Some(Cursor(BASE64.encode(bytes)))
    }

    /// The place, if the cursor belongs to this query. `types` are those of the order's columns, and whether
    /// they can be NULL.
    pub(crate) fn open(
        &self,
        query: Fingerprint,
        types: impl ExactSizeIterator<Item = (ParameterType, bool)>,
        keys: &CursorKeys,
    ) -> Result<Position, InvalidCursor> {
        let bytes = BASE64.decode(&self.0).map_err(|_| InvalidCursor::Malformed)?;
        match bytes.first() {
            Some(&VERSION) => {}
            Some(version) if *version < VERSION => return Err(InvalidCursor::AnotherVersion),
            _ => return Err(InvalidCursor::Malformed),
        }
        let (content, signature) = Content::from_bytes(&bytes[1..]).ok_or(InvalidCursor::Malformed)?;
        let signed = &bytes[..bytes.len() - signature.len()];
        keys.check(signed, signature)?;
        content.into_position(query, types)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What is asked, hashed: two different queries never share it.
pub(crate) fn fingerprint(asked: &str, parameters: &[Parameter]) -> Fingerprint {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    for part in std::iter::once(asked.to_owned()).chain(parameters.iter().map(Parameter::in_full)) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut short = Fingerprint::default();
    let length = short.len();
    short.copy_from_slice(&hash.finalize()[..length]);
    short
}
