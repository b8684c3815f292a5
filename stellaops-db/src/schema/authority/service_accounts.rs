use crate::schema::authority::{MachineStatus, User};
use crate::{Id, Table, TenantId, Timestamp};

/// A machine's own identity: what it may do, and which person answers for it.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.service_accounts")]
pub struct ServiceAccount {
    /// The id; UUIDv7, made by the client.
    pub id: Id<ServiceAccount>,
    /// Whose account it is.
    pub tenant_id: TenantId,
    /// The account's name in tokens and manifests; unique among the tenant's accounts that are not
    /// deleted.
    pub name: String,
    /// What acts as this account, and why.
    pub description: Option<String>,
    /// The user who answers for what the account does.
    pub owner_user_id: Id<User>,
    /// The scopes that the account's tokens may have, sorted, as `scopes` names them.
    pub scopes: Vec<String>,
    /// The scopes that the account may use on behalf of a person, sorted; empty: it never acts for
    /// others.
    pub delegated_scopes: Vec<String>,
    /// Whether a machine or a program may ask for tokens; what is disabled keeps its row and its
    /// history.
    pub status: MachineStatus,
    /// When the account gets no more tokens, by the database's clock.
    pub expires_at: Option<Timestamp>,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that made the account.
    pub created_by: String,
    /// The subject that changed the account last.
    pub updated_by: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the account was changed last.
    pub updated_at: Timestamp,
    /// When the account was deleted.
    pub deleted_at: Option<Timestamp>,
}
