use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// A pack that a tenant follows in one channel; what it says stands in its versions.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("policy.packs")]
pub struct Pack {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Pack>,
    /// Whose pack it is.
    pub tenant_id: TenantId,
    /// The name in manifests and commands.
    pub name: String,
    /// What people read.
    pub display_name: String,
    /// What the pack is for, Markdown.
    pub description: Option<String>,
    /// What is in the pack.
    #[column("type")]
    pub kind: PackType,
    /// How settled its versions are.
    pub channel: PackChannel,
    /// Whether it is maintained; changes by compare-and-swap.
    pub lifecycle: PackLifecycle,
    /// Why it is deprecated or archived, and what to follow instead.
    pub lifecycle_reason: Option<String>,
    /// Who answers for the pack.
    pub owner: String,
    /// Words that people find packs by, sorted.
    pub labels: Vec<String>,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that created the pack.
    pub created_by: String,
    /// The subject that changed the pack last.
    pub updated_by: String,
    /// When the pack was created.
    pub created_at: Timestamp,
    /// When the pack was changed last.
    pub updated_at: Timestamp,
}

/// What is in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.pack_type")]
pub enum PackType {
    /// Rules to decide by.
    Policy,
    /// A program that looks at artifacts.
    Analyzer,
    /// A task to run.
    Task,
    /// Several packs.
    Bundle,
}

/// How settled the versions of a pack are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.pack_channel")]
pub enum PackChannel {
    /// For everybody.
    Stable,
    /// For those who want the newest.
    Edge,
    /// For trial.
    Beta,
    /// The tenant's own.
    Custom,
}

/// Whether a pack is maintained. Archived is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("policy.pack_lifecycle")]
pub enum PackLifecycle {
    /// It is.
    Active,
    /// It should be left for another.
    Deprecated,
    /// It is used no more.
    Archived,
}
