use serde::{Deserialize, Serialize};

use crate::DbEnum;

/// How serious something is, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, DbEnum)]
#[db_enum("notify.severity")]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Can wait.
    Low,
    /// To be looked into.
    Medium,
    /// To be mended soon.
    High,
    /// To be mended now.
    Critical,
}
