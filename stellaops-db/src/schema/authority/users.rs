use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{DbEnum, Id, Jsonb, Sensitive, Table, TenantId, Timestamp};

/// A person who may sign in to a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.users")]
pub struct User {
    /// The id; UUIDv7, made by the client.
    pub id: Id<User>,
    /// Whose user it is.
    pub tenant_id: TenantId,
    /// What the user signs in with, in lower case; unique among the tenant's users that are not
    /// deleted.
    pub username: String,
    /// What others see.
    pub display_name: String,
    /// The user's address, as it was entered.
    pub email: Option<Sensitive<String>>,
    /// The keyed digest of the address in lower case, which it is looked up by.
    pub email_digest: Option<String>,
    /// When the user proved to read mail at the address.
    pub email_verified_at: Option<Timestamp>,
    /// The tenant's identity provider that knows the user.
    pub identity_provider: Option<String>,
    /// The user's subject at that provider.
    pub external_subject: Option<String>,
    /// What the provider said of the user at the last sign-in.
    pub external_claims: Option<ExternalClaims>,
    /// The hash of the password with its algorithm, parameters and salt, as a PHC string.
    pub password_hash: Option<Sensitive<String>>,
    /// When the password was set last.
    pub password_changed_at: Option<Timestamp>,
    /// Where the secret store keeps the secret of the user's second factor.
    pub second_factor_ref: Option<String>,
    /// Whether a user may sign in: only an active one may. Invited users have not accepted yet, locked
    /// ones failed too often, disabled ones were switched off by somebody.
    pub status: UserStatus,
    /// When the lock ends by itself, by the database's clock.
    pub locked_until: Option<Timestamp>,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that invited or imported the user.
    pub created_by: String,
    /// The subject that changed the user last; the service itself where it locked the user.
    pub updated_by: String,
    /// When the user was invited or imported.
    pub created_at: Timestamp,
    /// When the user was changed last.
    pub updated_at: Timestamp,
    /// When the user was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// Whether a user may sign in: only an active one may. Invited users have not accepted yet, locked ones
/// failed too often, disabled ones were switched off by somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.user_status")]
pub enum UserStatus {
    /// Has not accepted yet.
    Invited,
    /// May sign in.
    Active,
    /// Failed too often, or was locked by somebody.
    Locked,
    /// Switched off by somebody.
    Disabled,
}

/// What an identity provider said of a user. Providers differ, so further claims are kept as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("authority.external_claims")]
#[serde(rename_all = "camelCase")]
pub struct ExternalClaims {
    /// The groups that the provider counts the user to; roles are given by them.
    pub groups: Option<BTreeSet<String>>,
    /// Where the user works.
    pub department: Option<String>,
    /// What else the provider says.
    #[serde(flatten)]
    pub more: BTreeMap<String, Value>,
}

impl User {
    /// Whether the user may sign in at that time: active, or locked until a time that has passed.
    pub fn may_sign_in(&self, now: Timestamp) -> bool {
        let lock_has_ended = self.locked_until.is_some_and(|end| end <= now);
        let is_in_use = match self.status {
            UserStatus::Active => true,
            UserStatus::Locked => lock_has_ended,
            UserStatus::Invited | UserStatus::Disabled => false,
        };
        is_in_use && self.deleted_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32) -> Timestamp {
        format!("2026-01-{day:02}T00:00:00Z").parse().expect("a time")
    }

    fn user(status: UserStatus) -> User {
        User {
            id: Id::new(uuid::Uuid::from_u128(1)),
            tenant_id: TenantId::new("acme").expect("a tenant"),
            username: "ada".into(),
            display_name: "Ada".into(),
            email: None,
            email_digest: None,
            email_verified_at: None,
            identity_provider: None,
            external_subject: None,
            external_claims: None,
            password_hash: None,
            password_changed_at: None,
            second_factor_ref: None,
            status,
            locked_until: None,
            row_version: 1,
            created_by: "operator".into(),
            updated_by: "operator".into(),
            created_at: at(1),
            updated_at: at(1),
            deleted_at: None,
        }
    }

    #[test]
    fn only_an_active_user_may_sign_in() {
        assert!(user(UserStatus::Active).may_sign_in(at(2)));
        for status in [UserStatus::Invited, UserStatus::Locked, UserStatus::Disabled] {
            assert!(!user(status).may_sign_in(at(2)), "{status:?}");
        }
    }

    #[test]
    fn a_lock_with_an_end_is_over_then() {
        let locked = User {
            locked_until: Some(at(10)),
            ..user(UserStatus::Locked)
        };
        assert!(!locked.may_sign_in(at(9)));
        assert!(locked.may_sign_in(at(10)));
    }

    #[test]
    fn a_deleted_user_may_not_sign_in() {
        let deleted = User {
            deleted_at: Some(at(2)),
            ..user(UserStatus::Active)
        };
        assert!(!deleted.may_sign_in(at(3)));
    }
}
