use serde::{Deserialize, Serialize};

use crate::schema::authority::{MachineStatus, ServiceAccount};
use crate::{DbEnum, Id, Jsonb, Sensitive, Table, TenantId, Timestamp};

/// A program that asks for tokens: how it proves itself, which flows it uses and what it may get.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.clients")]
pub struct Client {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Client>,
    /// Whose client it is.
    pub tenant_id: TenantId,
    /// What the program calls itself in OAuth's `client_id`; unique among the tenant's clients that are
    /// not deleted.
    pub client_id: String,
    /// What a person sees who is asked to approve it.
    pub display_name: String,
    /// How the client proves itself: not at all (a program on people's machines), by a secret, by a
    /// signed assertion, or by a certificate in TLS.
    pub authentication: ClientAuthentication,
    /// The hash of the client's secret, as a PHC string.
    pub secret_hash: Option<Sensitive<String>>,
    /// The hash of the secret before, while it is still good.
    pub previous_secret_hash: Option<Sensitive<String>>,
    /// When the secret before is good no more, by the database's clock.
    pub previous_secret_expires_at: Option<Timestamp>,
    /// The public keys that the client signs its assertions with.
    pub public_keys: Option<ClientKeySet>,
    /// SHA-256 of the certificate that the client shows in TLS.
    pub certificate_digest: Option<String>,
    /// What the client may ask for tokens with, sorted: `client_credentials`, `device`, `password`,
    /// `refresh_token`.
    pub grant_types: Vec<String>,
    /// The scopes that its tokens may have at most, sorted, as `scopes` names them.
    pub scopes: Vec<String>,
    /// The services that its tokens may be for, sorted; empty: any.
    pub audiences: Vec<String>,
    /// The service account that it acts as with its own credentials.
    pub service_account_id: Option<Id<ServiceAccount>>,
    /// What its tokens are bound to, so that a stolen one is useless: nothing, a key of the client's
    /// (DPoP), or its certificate.
    pub sender_constraint: SenderConstraint,
    /// How long its access tokens are good for, in seconds.
    pub access_token_seconds: Option<i32>,
    /// How long its refresh tokens are good for, in seconds.
    pub refresh_token_seconds: Option<i32>,
    /// Whether a machine or a program may ask for tokens; what is disabled keeps its row and its
    /// history.
    pub status: MachineStatus,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that registered the client.
    pub created_by: String,
    /// The subject that changed the client last.
    pub updated_by: String,
    /// When the client was registered.
    pub created_at: Timestamp,
    /// When the client was changed last.
    pub updated_at: Timestamp,
    /// When the client was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// How the client proves itself: not at all (a program on people's machines), by a secret, by a signed
/// assertion, or by a certificate in TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.client_authentication")]
pub enum ClientAuthentication {
    /// Not at all: a program on people's machines keeps no secret.
    None,
    /// By a secret.
    Secret,
    /// By an assertion that it signs.
    PrivateKey,
    /// By a certificate, in TLS.
    Certificate,
}

/// What its tokens are bound to, so that a stolen one is useless: nothing, a key of the client's
/// (DPoP), or its certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.sender_constraint")]
pub enum SenderConstraint {
    /// Nothing: whoever has the token may use it.
    None,
    /// A key of the client's, shown with each use.
    Dpop,
    /// The client's certificate.
    Certificate,
}

/// A JSON Web Key Set of public keys. Members of private keys are not declared, and therefore refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("authority.client_key_set")]
#[serde(rename_all = "camelCase")]
pub struct ClientKeySet {
    /// The keys, the newest first.
    pub keys: Vec<ClientKey>,
}

/// A public key as RFC 7517 writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("authority.client_key")]
#[serde(rename_all = "camelCase")]
pub struct ClientKey {
    /// What assertions name the key by.
    pub kid: String,
    /// The family of the key.
    pub kty: KeyFamily,
    /// The algorithm that it is used with; none: the one of its family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<KeyAlgorithm>,
    /// The curve, of EC and OKP keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<KeyCurve>,
    /// The first coordinate, of EC and OKP keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The second coordinate, of EC keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The modulus, of RSA keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// The exponent, of RSA keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
}

/// The family of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
pub enum KeyFamily {
    /// Elliptic curves.
    #[serde(rename = "EC")]
    Ec,
    /// Edwards curves.
    #[serde(rename = "OKP")]
    Okp,
    /// RSA.
    #[serde(rename = "RSA")]
    Rsa,
}

/// The algorithm that it is used with; none: the one of its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
pub enum KeyAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    Eddsa,
    /// RSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSA, PKCS #1 version 1.5, with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
}

/// The curve, of EC and OKP keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
pub enum KeyCurve {
    /// Edwards curve 25519.
    #[serde(rename = "Ed25519")]
    Ed25519,
    /// NIST P-256.
    #[serde(rename = "P-256")]
    P256,
    /// NIST P-384.
    #[serde(rename = "P-384")]
    P384,
}

/// What a client may ask for tokens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantType {
    /// Its own credentials.
    ClientCredentials,
    /// The approval of a person elsewhere.
    Device,
    /// A person's password.
    Password,
    /// A refresh token.
    RefreshToken,
}

impl GrantType {
    /// The word that [`Client::grant_types`] holds.
    pub const fn as_str(self) -> &'static str {
        match self {
            GrantType::ClientCredentials => "client_credentials",
            GrantType::Device => "device",
            GrantType::Password => "password",
            GrantType::RefreshToken => "refresh_token",
        }
    }
}

impl Client {
    /// Whether the client may ask for a token in this way: it is registered for it, and in use.
    pub fn may_use(&self, grant: GrantType) -> bool {
        self.status == MachineStatus::Active
            && self.deleted_at.is_none()
            && self.grant_types.iter().any(|granted| granted == grant.as_str())
    }
}
