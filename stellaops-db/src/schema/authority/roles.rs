use crate::{Id, Table, TenantId, Timestamp};

/// A bundle of scopes under a name that people understand, given to users.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.roles")]
pub struct Role {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Role>,
    /// Whose role it is.
    pub tenant_id: TenantId,
    /// The name that manifests and the identity provider's groups are mapped to.
    pub name: String,
    /// What people call the role.
    pub display_name: String,
    /// What the role is for, in its owner's words.
    pub description: Option<String>,
    /// The scopes that the role gives, sorted, as `scopes` names them. Names, not references: a scope
    /// that a newer service brings may be given before that service runs.
    pub scopes: Vec<String>,
    /// The role of the installation that this one was copied from.
    pub template: Option<String>,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that made the role.
    pub created_by: String,
    /// The subject that changed the role last.
    pub updated_by: String,
    /// When the role was made.
    pub created_at: Timestamp,
    /// When the role was changed last.
    pub updated_at: Timestamp,
}
