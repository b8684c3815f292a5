//! Hash chains, verified without the database's help.
//!
//! The database chains the rows of each tenant by hashes; whoever changes, removes or reorders a row, also
//! behind the database's back, leaves a link that does not fit. Rows are hashed here again, from their texts, by
//! the rule that the SQL follows: for each column that is not NULL its name and its text, each with its length in
//! bytes and a colon before it, and behind them the hash of the row before; of that the SHA-256.
//!
//! ```
//! use stellaops_db::chain::link_hash;
//! let first = link_hash([("position", Some("1")), ("note", None), ("what", Some("é"))], &[0; 32]);
//! assert_eq!(first, link_hash([("position", Some("1")), ("what", Some("é"))], &[0; 32]));
//! assert_ne!(first, link_hash([("position", Some("1")), ("note", Some("")), ("what", Some("é"))], &[0; 32]));
//! ```

mod read;
mod verifier;

use crate::tenant::TenantId;

#[cfg(feature = "verify")]
pub(crate) use read::ChainTexts;
pub(crate) use read::{verify, verify_all};
pub use verifier::{ChainFault, ChainLink, ChainVerifier, link_hash};

/// What was found of the chain of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainReport {
    /// The tenant.
    pub tenant: TenantId,
    /// The position of the first row that is there; none when no row is. Behind 1, earlier rows were detached or
    /// purged, and the hash that the first one names as that of the row before is taken as given.
    pub first: Option<i64>,
    /// How many rows were read, the faulty one included.
    pub rows: u64,
    /// The first thing that does not fit.
    pub fault: Option<ChainFault>,
}

impl ChainReport {
    /// Whether all that is there fits.
    pub fn is_whole(&self) -> bool {
        self.fault.is_none()
    }
}

impl std::fmt::Display for ChainReport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: ", self.tenant)?;
        match (&self.fault, self.first) {
            (Some(fault), _) => write!(formatter, "broken: {fault}"),
            (None, None) => formatter.write_str("no row is there; nothing to verify"),
            (None, Some(1)) => write!(formatter, "whole, {} rows from the first one", self.rows),
            (None, Some(first)) => write!(
                formatter,
                "whole, {} rows from {first}; those before are detached or purged, the hash before them is taken as given",
                self.rows
            ),
        }
    }
}
