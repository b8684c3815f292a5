use crate::DbEnum;

/// Where a row is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.origin")]
pub enum Origin {
    /// Changed through the API.
    Api,
    /// Kept in a manifest; its next application overwrites changes made here.
    Manifest,
}
