use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::schema::authority::{Client, OAuthFlow, ServiceAccount, User};
use crate::{DbEnum, Error, Id, Jsonb, Sensitive, Table, TenantId, Timestamp};

/// A token that was given out, kept by its hash: to whom, for what, how long, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.tokens")]
pub struct Token {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Token>,
    /// Whose token it is.
    pub tenant_id: TenantId,
    /// What the token is for: to call services, to get further tokens, or to wait until a person
    /// approves a device.
    pub kind: TokenKind,
    /// How a token was asked for: with a person's password, with a client's own credentials, or on a
    /// device whose owner approves elsewhere.
    pub flow: OAuthFlow,
    /// SHA-256 of the token as it was given out; of a device flow, of the device code.
    pub token_hash: Sensitive<String>,
    /// The keyed digest of the short code that a person types to approve a device.
    pub user_code_hash: Option<Sensitive<String>>,
    /// The sign-in that the token comes from: the id of the first token of the family.
    pub family_id: Id<Token>,
    /// The token of the family that was redeemed for this one.
    pub redeemed_token_id: Option<Id<Token>>,
    /// The client that asked for it.
    pub client_id: Id<Client>,
    /// The person whose rights it carries.
    pub user_id: Option<Id<User>>,
    /// The service account whose rights it carries.
    pub service_account_id: Option<Id<ServiceAccount>>,
    /// What became of the token. That it expired is told by the clock and is no status: `pending` and
    /// `active` count until `expires_at` only.
    pub status: TokenStatus,
    /// What the token says of its bearer.
    pub claims: Option<TokenClaims>,
    /// SHA-256 of the key or the certificate that the token is bound to.
    pub sender_key_digest: Option<String>,
    /// The network address that asked for it.
    pub source_address: Option<Sensitive<String>>,
    /// When it was given out, its claim `iat`.
    pub issued_at: Timestamp,
    /// When it is good no more, its claim `exp`.
    pub expires_at: Timestamp,
    /// When it was redeemed.
    pub redeemed_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Why it was revoked: a replay, a sign-out, or what a person wrote.
    pub revocation_reason: Option<String>,
    /// How often it was shown after it was redeemed or revoked.
    pub replays: i32,
    /// When that happened last.
    pub last_replayed_at: Option<Timestamp>,
    /// The network address that showed it then.
    pub last_replayed_from: Option<Sensitive<String>>,
    /// When the row was written; later than `issued_at` for tokens taken over from an older store.
    pub created_at: Timestamp,
    /// When the row was changed last, a replay included.
    pub updated_at: Timestamp,
}

/// What the token is for: to call services, to get further tokens, or to wait until a person approves a
/// device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.token_kind")]
pub enum TokenKind {
    /// Calls services.
    Access,
    /// Gets further tokens.
    Refresh,
    /// Waits for a person to approve a device.
    Device,
}

/// What became of the token. That it expired is told by the clock and is no status: `pending` and
/// `active` count until `expires_at` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.token_status")]
pub enum TokenStatus {
    /// Waits for an approval.
    Pending,
    /// Good until it expires.
    Active,
    /// Used up: a token was given for it.
    Redeemed,
    /// The person said no.
    Denied,
    /// Taken back; there is a reason.
    Revoked,
}

/// The claims of a token, beside those that the row holds as columns: tenant, id, client and times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("authority.token_claims")]
#[serde(rename_all = "camelCase")]
pub struct TokenClaims {
    /// Whose rights it carries: the id of a user or of a service account.
    pub subject: String,
    /// The scopes that were granted.
    pub scopes: BTreeSet<String>,
    /// The services that it is for; none: any.
    pub audiences: Option<BTreeSet<String>>,
    /// The name of the service account, of a token that is one's.
    pub service_identity: Option<String>,
    /// When the subject proved who it is, UTC.
    pub auth_time: Timestamp,
    /// Why, for scopes that need a reason.
    pub reason: Option<String>,
    /// The ticket or change that stands behind it.
    pub ticket: Option<String>,
    /// The service account that acts for the subject; none: the subject itself acts.
    pub act: Option<TokenActor>,
}

/// Who acts on behalf of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("authority.token_actor")]
#[serde(rename_all = "camelCase")]
pub struct TokenActor {
    /// The id of the service account.
    pub subject: String,
    /// Its name.
    pub service_identity: String,
}

impl Token {
    /// Whether the token is good at that time: active, and not expired.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.status == TokenStatus::Active && now < self.expires_at
    }
}

impl TokenRepository {
    /// Uses the token up, and says whether it was the first time. Whoever loses holds a token that was
    /// shown twice: its family is to be revoked.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn redeem(&self, id: Id<Token>, now: Timestamp) -> Result<bool, Error> {
        let swap = Token::STATUS.from(TokenStatus::Active).to(TokenStatus::Redeemed);
        let patch = Token::patch().redeemed_at(Some(now));
        Ok(self.compare_and_swap_with(id, swap, patch).await?.is_won())
    }

    /// Takes the token back if it still has the status that was read, and says whether it had.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn revoke(
        &self,
        token: &Token,
        reason: impl Into<String>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        if matches!(token.status, TokenStatus::Denied | TokenStatus::Revoked) {
            return Ok(false);
        }
        let swap = Token::STATUS.from(token.status).to(TokenStatus::Revoked);
        let patch = Token::patch()
            .revoked_at(Some(now))
            .revocation_reason(Some(reason.into()));
        Ok(self.compare_and_swap_with(token.id, swap, patch).await?.is_won())
    }
}
