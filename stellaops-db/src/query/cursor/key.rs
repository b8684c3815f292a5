//! The keys that sign cursors.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::query::InvalidCursor;

/// How much of a signature is kept: 128 bits, more than can be tried.
const SIGNATURE: usize = 16;

/// Says what is signed, so that the same key signs nothing else alike.
const PURPOSE: &[u8] = b"stellaops-db cursor";

/// A key that signs cursors: 32 bytes, written as 64 hexadecimal digits (`openssl rand -hex 32`). `Debug` never
/// shows it.
///
/// Signed, a cursor proves that a page gave it out. Without a key it is bound to its query and tenant all the
/// same, but a client that knows the form could make one up and begin a page anywhere among its own tenant's
/// rows.
///
/// ```
/// use stellaops_db::CursorKey;
///
/// let key = CursorKey::from_hexadecimal(&"5f".repeat(32)).expect("64 digits");
/// assert!(!format!("{key:?}").contains("5f"));
/// assert!(CursorKey::from_hexadecimal("too short").is_none());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// Reads 64 hexadecimal digits; none when they are not that.
    pub fn from_hexadecimal(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let mut key = [0; 32];
        if digits.len() != 2 * key.len() {
            return None;
        }
        for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
            let digit = |position: usize| char::from(pair[position]).to_digit(16);
            *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
        }
        Some(CursorKey(key))
    }

    fn signature(&self, bytes: &[u8]) -> Hmac<Sha256> {
        let mut signature = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of HMAC has any length");
        signature.update(PURPOSE);
        signature.update(bytes);
        signature
    }
}

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CursorKey(…)")
    }
}

/// The keys of a configuration: the first signs, all of them are accepted.
#[derive(Debug, Clone, Default)]
pub(crate) struct CursorKeys(pub(crate) Vec<CursorKey>);

impl CursorKeys {
    /// Appends the signature, where there is a key.
    pub(super) fn sign(&self, bytes: &mut Vec<u8>) {
        if let Some(key) = self.0.first() {
            let signature = key.signature(bytes).finalize().into_bytes();
            bytes.extend_from_slice(&signature[..SIGNATURE]);
        }
    }

    /// A signature that nobody here can check is passed over: it may be another instance's, which has the key.
    pub(super) fn check(&self, signed: &[u8], signature: &[u8]) -> Result<(), InvalidCursor> {
        if !matches!(signature.len(), 0 | SIGNATURE) {
            return Err(InvalidCursor::Malformed);
        }
        let good = |key: &CursorKey| {
            signature.len() == SIGNATURE && key.signature(signed).verify_truncated_left(signature).is_ok()
        };
        match self.0.is_empty() || self.0.iter().any(good) {
            true => Ok(()),
            false => Err(InvalidCursor::NotSigned),
        }
    }
}
