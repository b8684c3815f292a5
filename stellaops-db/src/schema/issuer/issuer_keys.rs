use crate::schema::issuer::Issuer;
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// A public key or certificate by which statements are proved to be a publisher's.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("issuer.issuer_keys")]
pub struct IssuerKey {
    /// The id; UUIDv7, made by the client.
    pub id: Id<IssuerKey>,
    /// Whose key it is: the tenant's own, or `@global` for everybody's.
    pub tenant_id: TenantId,
    /// The tenant of the publisher, or `@global`.
    pub issuer_tenant_id: TenantId,
    /// The publisher whose key it is.
    pub issuer_id: Id<Issuer>,
    /// What the material is: a raw Ed25519 key, an X.509 certificate, or the public key of DSSE
    /// envelopes.
    pub kind: IssuerKeyKind,
    /// What signatures name the key by; several keys may have the same.
    pub key_id: String,
    /// The key: 32 bytes in base64 for Ed25519; otherwise a certificate or a public key in PEM.
    pub material: String,
    /// SHA-256 of the key's bytes, of a certificate or a PEM key in DER.
    pub fingerprint: String,
    /// Whether signatures count: of an active key all do, of a retired one those made before, of a
    /// revoked one none.
    pub status: IssuerKeyStatus,
    /// From when on its signatures count.
    pub valid_from: Option<Timestamp>,
    /// After when it signs nothing that counts.
    pub expires_at: Option<Timestamp>,
    /// When it was retired or revoked.
    pub ended_at: Option<Timestamp>,
    /// Why it was retired or revoked, in somebody's words.
    pub ended_reason: Option<String>,
    /// The subject that entered the key.
    pub created_by: String,
    /// The subject that entered, retired or revoked it.
    pub updated_by: String,
    /// When the key was entered.
    pub created_at: Timestamp,
    /// When its status changed last.
    pub updated_at: Timestamp,
}

/// What the material is: a raw Ed25519 key, an X.509 certificate, or the public key of DSSE envelopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("issuer.issuer_key_kind")]
pub enum IssuerKeyKind {
    /// A raw Ed25519 key.
    Ed25519PublicKey,
    /// An X.509 certificate.
    X509Certificate,
    /// The public key of DSSE envelopes.
    DssePublicKey,
}

/// Whether signatures count: of an active key all do, of a retired one those made before, of a revoked
/// one none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("issuer.issuer_key_status")]
pub enum IssuerKeyStatus {
    /// Its signatures count.
    Active,
    /// Those made before it was retired count.
    Retired,
    /// None of its signatures count.
    Revoked,
}

impl IssuerKey {
    /// Whether a signature that was made then counts. The time comes from a witness that is trusted; a
    /// signature's own word for it is none.
    pub fn counts_at(&self, signed_at: Timestamp) -> bool {
        let in_span = self.valid_from.is_none_or(|begin| begin <= signed_at)
            && self.expires_at.is_none_or(|end| signed_at < end);
        let by_status = match self.status {
            IssuerKeyStatus::Active => true,
            IssuerKeyStatus::Retired => self.ended_at.is_some_and(|end| signed_at < end),
            IssuerKeyStatus::Revoked => false,
        };
        in_span && by_status
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32) -> Timestamp {
        format!("2026-01-{day:02}T00:00:00Z").parse().expect("a time")
    }

    fn key(status: IssuerKeyStatus) -> IssuerKey {
        let ended = (status != IssuerKeyStatus::Active).then(|| at(20));
        IssuerKey {
            id: Id::new(uuid::Uuid::from_u128(1)),
            tenant_id: TenantId::global(),
            issuer_tenant_id: TenantId::global(),
            issuer_id: Id::new(uuid::Uuid::from_u128(2)),
            kind: IssuerKeyKind::Ed25519PublicKey,
            key_id: "psirt".into(),
            material: String::new(),
            fingerprint: String::new(),
            status,
            valid_from: Some(at(10)),
            expires_at: Some(at(30)),
            ended_at: ended,
            ended_reason: ended.map(|_| "lost".into()),
            created_by: "operator".into(),
            updated_by: "operator".into(),
            created_at: at(1),
            updated_at: at(1),
        }
    }

    fn counting_days(status: IssuerKeyStatus) -> Vec<u32> {
        let key = key(status);
        let days = [9, 10, 19, 20, 29, 30];
        days.into_iter().filter(|day| key.counts_at(at(*day))).collect()
    }

    #[test]
    fn signatures_count_within_the_span_until_the_key_is_retired_and_never_of_a_revoked_one() {
        assert_eq!(counting_days(IssuerKeyStatus::Active), [10, 19, 20, 29]);
        assert_eq!(counting_days(IssuerKeyStatus::Retired), [10, 19]);
        assert!(counting_days(IssuerKeyStatus::Revoked).is_empty());
    }
}
