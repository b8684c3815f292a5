//! Tenants.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The greatest length of a tenant id, in bytes.
pub const TENANT_ID_MAX_BYTES: usize = 255;

/// The tenant that owns rows. Two ids are the same tenant only if they are the same bytes: case,
/// spaces and Unicode normal forms are never folded.
///
/// ```
/// use stellaops_db::TenantId;
/// let acme = TenantId::new("acme")?;
/// assert_ne!(acme, TenantId::new("Acme")?);
/// assert!(TenantId::new("").is_err());
/// # Ok::<(), stellaops_db::InvalidTenantId>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantId(Arc<str>);

/// Why a text is no tenant id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTenantId {
    /// The empty text stands for "no tenant is bound" and is nobody.
    #[error("a tenant id cannot be empty")]
    Empty,
    /// Longer than [`TENANT_ID_MAX_BYTES`].
    #[error("a tenant id has at most {TENANT_ID_MAX_BYTES} bytes, not {bytes}")]
    TooLong {
        /// How many bytes the text has.
        bytes: usize,
    },
    /// PostgreSQL's texts hold no NUL.
    #[error("a tenant id cannot hold a NUL character")]
    Nul,
    /// Ids that begin with `@` are the toolkit's: `@global` owns the rows that all tenants may read.
    #[error("a tenant id cannot begin with `@`: such ids are reserved")]
    Reserved,
}

impl TenantId {
    /// Takes the text as it is.
    ///
    /// # Errors
    /// [`InvalidTenantId`] says what is wrong with it.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidTenantId> {
        let text = text.as_ref();
        if text.is_empty() {
            Err(InvalidTenantId::Empty)
        } else if text.len() > TENANT_ID_MAX_BYTES {
            Err(InvalidTenantId::TooLong { bytes: text.len() })
        } else if text.contains('\0') {
            Err(InvalidTenantId::Nul)
        } else if text.starts_with('@') {
            Err(InvalidTenantId::Reserved)
        } else {
            Ok(TenantId(text.into()))
        }
    }

    /// The owner of the rows that every tenant may read; only a system scope binds it.
    pub(crate) fn global() -> Self {
        TenantId("@global".into())
    }

    /// What the database holds, taken as it is: a row of `@global` has that tenant.
    pub(crate) fn stored(text: impl Into<Arc<str>>) -> Self {
        TenantId(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TenantId({:?})", self.as_str())
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl std::str::FromStr for TenantId {
    type Err = InvalidTenantId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        TenantId::new(text)
    }
}

impl TryFrom<String> for TenantId {
    type Error = InvalidTenantId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        TenantId::new(text)
    }
}

impl From<TenantId> for String {
    fn from(tenant: TenantId) -> Self {
        tenant.as_str().into()
    }
}
