use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::schema::vuln::{Advisory, ProvenanceKind, Source};
use crate::{DbEnum, Id, Jsonb, Table, Timestamp};

/// A package or product that a source says is affected, or is not, and in which versions.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vuln.advisory_affected")]
pub struct AdvisoryAffected {
    /// The id; UUIDv7, made by the client.
    pub id: Id<AdvisoryAffected>,
    /// The advisory.
    pub advisory_id: Id<Advisory>,
    /// What sort of package it is, which decides how its versions are compared.
    #[column("type")]
    pub kind: AffectedType,
    /// The stable name of the package: a NEVRA, a PURL or a CPE, or the vendor's name of the product.
    pub identifier: String,
    /// The release of a distribution or product line; `any`: not bound to one.
    pub platform: String,
    /// The package URL without version, qualifiers and subpath, for look-ups; see [`lookup_purl`].
    pub purl: Option<String>,
    /// What the source says of the package in those versions.
    pub status: AffectedStatus,
    /// Which versions are meant.
    pub version_ranges: VersionRanges,
    /// The source that says so.
    pub source_id: Id<Source>,
    /// What the statement was taken from.
    pub provenance_kind: ProvenanceKind,
    /// Where exactly: the document's id or address.
    pub provenance_value: String,
    /// When the statement was taken over.
    pub recorded_at: Timestamp,
}

/// What sort of package is affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.affected_type")]
pub enum AffectedType {
    /// A package of an RPM distribution; named by NEVRA or PURL.
    Rpm,
    /// A package of a Debian distribution.
    Deb,
    /// A package of Alpine.
    Apk,
    /// A package with semantic versions; named by PURL.
    Semver,
    /// A product named by CPE.
    Cpe,
    /// A vendor's product.
    Vendor,
    /// A vendor's product for industrial control.
    IcsVendor,
}

/// What a source says of a package in the versions that are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.affected_status")]
pub enum AffectedStatus {
    /// It is affected.
    Affected,
    /// It is not affected.
    NotAffected,
    /// It is mended.
    Fixed,
    /// It is still looked into.
    UnderInvestigation,
    /// It is affected and will never be mended.
    WillNotFix,
}

/// Which versions are meant: those in any of the ranges, and those that are listed. Both empty means
/// every version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vuln.version_ranges")]
#[serde(rename_all = "camelCase")]
pub struct VersionRanges {
    /// The ranges; [`VersionRanges::new`] puts them in order.
    pub ranges: Vec<VersionRange>,
    /// Single versions, for packages whose versions have no order.
    pub versions: Option<BTreeSet<String>>,
}

/// From a version on, up to one before a fix or to the last that is known to be affected.
///
/// Ranges are ordered by introduced, then fixed, then last affected, byte by byte, an absent bound first.
/// That is an order for equal documents, not one of versions: how versions compare depends on the type.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Jsonb)]
#[jsonb("vuln.version_range")]
#[serde(rename_all = "camelCase")]
pub struct VersionRange {
    /// The first affected version; none: from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduced: Option<String>,
    /// The first version that is affected no more; none: none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
    /// The last version that is known to be affected, where no fix is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_affected: Option<String>,
    /// The range in the source's own words, where the bounds do not say all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

impl VersionRanges {
    /// The ranges in their order, each once; no single versions.
    ///
    /// ```
    /// use stellaops_db::schema::vuln::{VersionRange, VersionRanges};
    /// let old = VersionRange { fixed: Some("1.2.0".into()), ..VersionRange::default() };
    /// let new = VersionRange { introduced: Some("2.0.0".into()), ..VersionRange::default() };
    /// let ranges = VersionRanges::new([new.clone(), old.clone(), new.clone()]);
    /// assert_eq!(ranges.ranges, [old, new]);
    /// ```
    pub fn new(ranges: impl IntoIterator<Item = VersionRange>) -> Self {
        let sorted: BTreeSet<VersionRange> = ranges.into_iter().collect();
        VersionRanges {
            ranges: sorted.into_iter().collect(),
            versions: None,
        }
    }
}

/// A package URL without version, qualifiers and subpath, as [`AdvisoryAffected::purl`] holds it. None for
/// a text that is no package URL.
///
/// ```
/// use stellaops_db::schema::vuln::lookup_purl;
/// let purl = "pkg:npm/%40babel/core@7.0.0?arch=any#lib";
/// assert_eq!(lookup_purl(purl), Some("pkg:npm/%40babel/core"));
/// assert_eq!(lookup_purl("left-pad@1.3.0"), None);
/// ```
pub fn lookup_purl(purl: &str) -> Option<&str> {
    let (kind, rest) = purl.strip_prefix("pkg:")?.split_once('/')?;
    let end = rest.find(['@', '?', '#']).unwrap_or(rest.len());
    let is_good = !kind.is_empty() && end > 0;
    is_good.then(|| &purl[..purl.len() - (rest.len() - end)])
}
