use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// A licence: what may be used, how much of it, and until when, as its issuer signed it.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.licenses")]
pub struct License {
    /// The id; UUIDv7, made by the client.
    pub id: Id<License>,
    /// Whose licence it is: the tenant's own, or `@global` for everybody's.
    pub tenant_id: TenantId,
    /// The number that the issuer gave it.
    pub serial: String,
    /// What it is for: the platform, or an addition to it.
    pub product: String,
    /// How large the installation or the tenant may be; what exactly it holds is said by the
    /// entitlements.
    pub edition: LicenseEdition,
    /// Whom it was issued to, as it says itself.
    pub holder: String,
    /// Whether the licence is in force. That it ran out is told by the clock and is no status.
    pub status: LicenseStatus,
    /// What may be used, and how much of it. Issuers sell new things faster than schemas change, so
    /// names are free.
    pub entitlements: LicenseEntitlements,
    /// When the issuer signed it.
    pub issued_at: Timestamp,
    /// From when on it counts.
    pub valid_from: Timestamp,
    /// Until when it counts; services go on for `grace_days` and warn.
    pub valid_until: Timestamp,
    /// How many days beyond its end services still work.
    pub grace_days: i16,
    /// SHA-256 of the licence document that was signed.
    pub document_digest: String,
    /// The issuer's signature over it, a JWS in compact form; its header names the key.
    pub signature: String,
    /// Why it was withdrawn, or which serial took its place.
    pub ended_reason: Option<String>,
    /// The subject that entered it.
    pub entered_by: String,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When its status changed last.
    pub updated_at: Timestamp,
}

/// How large the installation or the tenant may be; what exactly it holds is said by the entitlements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.license_edition")]
pub enum LicenseEdition {
    /// Free of charge.
    Community,
    /// For a team.
    Team,
    /// For a whole company.
    Enterprise,
}

/// Whether the licence is in force. That it ran out is told by the clock and is no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.license_status")]
pub enum LicenseStatus {
    /// Entered, and not in force yet.
    Pending,
    /// In force.
    Active,
    /// A renewal took its place.
    Superseded,
    /// Its issuer took it back.
    Withdrawn,
}

/// What may be used, and how much of it. Issuers sell new things faster than schemas change, so names
/// are free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("authority.license_entitlements")]
#[serde(rename_all = "camelCase")]
pub struct LicenseEntitlements {
    /// The features that may be used.
    pub features: BTreeSet<String>,
    /// How much of a metric may be used a calendar month, by the metric's name; a metric that is not
    /// named is not limited.
    pub limits: BTreeMap<String, i64>,
}

impl License {
    /// Whether services work under the licence at that time, the days of grace included.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        let grace = TimeDelta::days(self.grace_days.into());
        self.status == LicenseStatus::Active
            && self.valid_from <= now
            && now.utc() - grace < self.valid_until.utc()
    }
}

impl LicenseEntitlements {
    /// How much of a metric is left of a calendar month; none: the metric is not limited.
    ///
    /// ```
    /// use stellaops_db::schema::authority::LicenseEntitlements;
    /// let entitlements = LicenseEntitlements {
    ///     features: ["graph".into()].into(),
    ///     limits: [("images_scanned".into(), 1000)].into(),
    /// };
    /// assert_eq!(entitlements.left("images_scanned", 400), Some(600));
    /// assert_eq!(entitlements.left("images_scanned", 1200), Some(0));
    /// assert_eq!(entitlements.left("users", 5), None);
    /// ```
    pub fn left(&self, metric: &str, used: i64) -> Option<i64> {
        let limit = *self.limits.get(metric)?;
        Some(limit.saturating_sub(used).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32) -> Timestamp {
        format!("2026-01-{day:02}T00:00:00Z").parse().expect("a time")
    }

    fn license(status: LicenseStatus) -> License {
        License {
            id: Id::new(uuid::Uuid::from_u128(1)),
            tenant_id: TenantId::global(),
            serial: "SO-1".into(),
            product: "platform".into(),
            edition: LicenseEdition::Team,
            holder: "Acme".into(),
            status,
            entitlements: LicenseEntitlements {
                features: BTreeSet::new(),
                limits: BTreeMap::new(),
            },
            issued_at: at(1),
            valid_from: at(5),
            valid_until: at(10),
            grace_days: 3,
            document_digest: String::new(),
            signature: String::new(),
            ended_reason: None,
            entered_by: "operator".into(),
            created_at: at(1),
            updated_at: at(1),
        }
    }

    #[test]
    fn a_licence_counts_from_its_begin_to_the_end_of_its_grace() {
        let license = license(LicenseStatus::Active);
        let days = [4, 5, 10, 12, 13];
        let counts: Vec<u32> = days
            .into_iter()
            .filter(|day| license.is_in_force(at(*day)))
            .collect();
        assert_eq!(counts, [5, 10, 12]);
    }

    #[test]
    fn a_licence_that_is_not_active_does_not_count() {
        let ended = [
            LicenseStatus::Pending,
            LicenseStatus::Superseded,
            LicenseStatus::Withdrawn,
        ];
        assert!(
            ended
                .into_iter()
                .all(|status| !license(status).is_in_force(at(6)))
        );
    }
}
