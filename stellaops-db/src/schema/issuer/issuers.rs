use serde::{Deserialize, Serialize};

use crate::schema::issuer::TrustOverride;
use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// A publisher of statements about vulnerabilities: a vendor, a distributor, a coordinator, or the
/// tenant itself.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("issuer.issuers")]
pub struct Issuer {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Issuer>,
    /// Whose entry it is: the tenant's own, or `@global` for everybody's.
    pub tenant_id: TenantId,
    /// The short name that configurations and statements name the publisher by.
    pub slug: String,
    /// What people call the publisher.
    pub display_name: String,
    /// Who the publisher is to the product: its maker, who ships it, who coordinates disclosures, a
    /// community, or the tenant's own people.
    pub kind: IssuerKind,
    /// What the publisher speaks about, and why it is trusted as it is.
    pub description: Option<String>,
    /// Where people read about the publisher.
    pub homepage_url: Option<String>,
    /// Where its documents are fetched.
    pub endpoints: Option<IssuerEndpoints>,
    /// The beginnings of the package URLs and CPEs that the publisher makes itself, sorted: about these
    /// its word goes before others of equal weight; empty: none.
    pub authoritative_for: Vec<String>,
    /// How much its word counts where a tenant says nothing else, in thousandths.
    pub trust_weight: i16,
    /// Whether the publisher is heard; a suspended one keeps its keys and counts for nothing.
    pub status: IssuerStatus,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that entered the publisher.
    pub created_by: String,
    /// The subject that changed the publisher last.
    pub updated_by: String,
    /// When the publisher was entered.
    pub created_at: Timestamp,
    /// When the publisher was changed last.
    pub updated_at: Timestamp,
    /// When the publisher was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// Who the publisher is to the product: its maker, who ships it, who coordinates disclosures, a
/// community, or the tenant's own people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("issuer.issuer_kind")]
pub enum IssuerKind {
    /// The product's maker.
    Vendor,
    /// Who ships the product.
    Distributor,
    /// Who coordinates disclosures.
    Coordinator,
    /// A community.
    Community,
    /// The tenant's own people.
    Internal,
}

/// Whether the publisher is heard; a suspended one keeps its keys and counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("issuer.issuer_status")]
pub enum IssuerStatus {
    /// Heard.
    Active,
    /// Not heard; its keys and its history stay.
    Suspended,
}

/// Where the documents of a publisher are fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("issuer.issuer_endpoints")]
#[serde(rename_all = "camelCase")]
pub struct IssuerEndpoints {
    /// The endpoints, in the order they are tried.
    pub endpoints: Vec<IssuerEndpoint>,
}

/// One place where documents are fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("issuer.issuer_endpoint")]
#[serde(rename_all = "camelCase")]
pub struct IssuerEndpoint {
    /// What is found there.
    pub format: EndpointFormat,
    /// Where it is.
    pub url: String,
    /// Where the secret store keeps what it takes to get in; none: it is open to all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_ref: Option<String>,
}

/// What is found there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum EndpointFormat {
    /// CSAF advisories.
    Csaf,
    /// CycloneDX documents.
    Cyclonedx,
    /// OpenVEX documents.
    Openvex,
}

impl Issuer {
    /// How much the publisher's word counts at that time, in thousandths: nothing while it is not
    /// heard, else what the tenant says of it, else its own weight.
    pub fn effective_weight(&self, own: Option<&TrustOverride>, now: Timestamp) -> i16 {
        if self.status == IssuerStatus::Suspended || self.deleted_at.is_some() {
            return 0;
        }
        let own = own.filter(|own| own.is_of(self) && own.is_in_force(now));
        own.map_or(self.trust_weight, |own| own.trust_weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32) -> Timestamp {
        format!("2026-01-{day:02}T00:00:00Z").parse().expect("a time")
    }

    fn issuer() -> Issuer {
        Issuer {
            id: Id::new(uuid::Uuid::from_u128(1)),
            tenant_id: TenantId::global(),
            slug: "red-hat".into(),
            display_name: "Red Hat".into(),
            kind: IssuerKind::Distributor,
            description: None,
            homepage_url: None,
            endpoints: None,
            authoritative_for: Vec::new(),
            trust_weight: 800,
            status: IssuerStatus::Active,
            row_version: 1,
            created_by: "operator".into(),
            updated_by: "operator".into(),
            created_at: at(1),
            updated_at: at(1),
            deleted_at: None,
        }
    }

    fn own_weight(issuer: &Issuer) -> TrustOverride {
        TrustOverride {
            tenant_id: TenantId::new("acme").expect("a tenant"),
            issuer_tenant_id: issuer.tenant_id.clone(),
            issuer_id: issuer.id,
            trust_weight: 200,
            reason: "Their statements lag the fixes.".into(),
            ends_at: Some(at(10)),
            row_version: 1,
            created_by: "ada".into(),
            updated_by: "ada".into(),
            created_at: at(1),
            updated_at: at(1),
        }
    }

    #[test]
    fn a_tenants_own_weight_counts_until_it_ends() {
        let issuer = issuer();
        let own = own_weight(&issuer);
        assert_eq!(issuer.effective_weight(None, at(5)), 800);
        assert_eq!(issuer.effective_weight(Some(&own), at(5)), 200);
        assert_eq!(issuer.effective_weight(Some(&own), at(10)), 800);
    }

    #[test]
    fn a_weight_for_another_publisher_does_not_count() {
        let (issuer, mut own) = (issuer(), own_weight(&issuer()));
        own.issuer_tenant_id = TenantId::new("acme").expect("a tenant");
        assert_eq!(issuer.effective_weight(Some(&own), at(5)), 800);
    }

    #[test]
    fn a_publisher_that_is_not_heard_counts_for_nothing() {
        let mut issuer = issuer();
        let own = own_weight(&issuer);
        issuer.status = IssuerStatus::Suspended;
        assert_eq!(issuer.effective_weight(Some(&own), at(5)), 0);
    }
}
