use crate::DbEnum;

/// How bad a finding is, from unknown to critical: a greater one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum)]
#[db_enum("policy.severity")]
pub enum Severity {
    /// Nobody has rated it.
    Unknown,
    /// It does no harm.
    None,
    /// It does little.
    Low,
    /// It should be mended in time.
    Medium,
    /// It should be mended soon.
    High,
    /// It must be mended at once.
    Critical,
}

/// What rules came to; a greater one is stricter, and that of several findings is their greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum)]
#[db_enum("policy.verdict")]
pub enum Verdict {
    /// Nothing stands against it.
    Pass,
    /// It may go, and somebody should look.
    Warn,
    /// It may not go.
    Block,
}
