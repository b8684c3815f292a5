use crate::schema::authority::{OAuthFlow, User};
use crate::{DbEnum, Id, Sensitive, Table, TenantId, Timestamp};

/// Somebody tried to sign in, or a client to prove itself, and how that ended.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.login_attempts")]
pub struct LoginAttempt {
    /// The id; UUIDv7, made by the client.
    pub id: Id<LoginAttempt>,
    /// Whose attempt it is.
    pub tenant_id: TenantId,
    /// When it was tried, by the authority's clock; its month is the row's partition.
    pub occurred_at: Timestamp,
    /// How a token was asked for: with a person's password, with a client's own credentials, or on a
    /// device whose owner approves elsewhere.
    pub flow: OAuthFlow,
    /// How an attempt ended. To the person all failures look alike; this is for those who look after
    /// the service.
    pub outcome: LoginOutcome,
    /// The user whose name was given.
    pub user_id: Option<Id<User>>,
    /// The keyed digest of the name that was given, in lower case.
    pub name_digest: Option<String>,
    /// The client through which it was tried, as it called itself.
    pub client_id: Option<String>,
    /// Whether a second factor was asked for.
    pub second_factor: bool,
    /// The keyed digest of the network it came from: of an IPv4 address, or of the first 64 bits of an
    /// IPv6 address.
    pub source_digest: String,
    /// The address it came from.
    pub source_address: Option<Sensitive<String>>,
    /// What the program said it was, cut to the length.
    pub user_agent: Option<String>,
    /// The request, as traces name it.
    pub correlation_id: Option<String>,
    /// When the row was written; later than `occurred_at` for attempts taken over from an older store.
    pub created_at: Timestamp,
}

/// How an attempt ended. To the person all failures look alike; this is for those who look after the
/// service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.login_outcome")]
pub enum LoginOutcome {
    /// Signed in.
    Succeeded,
    /// Nobody has that name.
    UnknownName,
    /// The password or the client's secret was wrong.
    WrongSecret,
    /// The second factor was wrong.
    WrongSecondFactor,
    /// The user or the client is locked, disabled or not yet active.
    NotActive,
    /// There is no such client.
    UnknownClient,
    /// A rule of the tenant's forbids it.
    RefusedByPolicy,
    /// Too many attempts lately: not even tried.
    Throttled,
}
