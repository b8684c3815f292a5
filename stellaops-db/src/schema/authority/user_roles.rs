use crate::schema::authority::{Role, User};
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// A role that a user has, since when, by whom and until when.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.user_roles")]
pub struct UserRole {
    /// Whose grant it is.
    pub tenant_id: TenantId,
    /// The user; a user that is erased leaves no grants.
    pub user_id: Id<User>,
    /// The role; one that somebody has cannot be deleted.
    pub role_id: Id<Role>,
    /// Who keeps the grant: people, or the groups of the identity provider, which take it back when the
    /// user leaves the group.
    pub source: GrantSource,
    /// When the grant ends by itself, by the database's clock.
    pub expires_at: Option<Timestamp>,
    /// Why the role was given, in the granter's words.
    pub reason: Option<String>,
    /// The subject that gave the role, or prolonged it last.
    pub granted_by: String,
    /// When the role was first given.
    pub created_at: Timestamp,
    /// When the grant was changed last.
    pub updated_at: Timestamp,
}

/// Who keeps the grant: people, or the groups of the identity provider, which take it back when the
/// user leaves the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.grant_source")]
pub enum GrantSource {
    /// People give and take it.
    Manual,
    /// It follows the groups of the identity provider.
    IdentityProvider,
}

impl UserRole {
    /// Whether the grant has not ended at that time.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}
