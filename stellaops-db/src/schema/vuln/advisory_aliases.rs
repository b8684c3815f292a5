use crate::schema::vuln::{Advisory, ProvenanceKind, Source};
use crate::{DbEnum, Id, Table, Timestamp};

/// A name under which some source knows the vulnerability of an advisory, or something that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vuln.advisory_aliases")]
pub struct AdvisoryAlias {
    /// The advisory.
    pub advisory_id: Id<Advisory>,
    /// Who gives names of this form.
    pub scheme: AliasScheme,
    /// The name as its scheme writes it, the prefix included.
    pub value: String,
    /// What the name means.
    pub relation: AliasRelation,
    /// The source that names it so.
    pub source_id: Id<Source>,
    /// What the statement was taken from.
    pub provenance_kind: ProvenanceKind,
    /// Where exactly: the document's id or address.
    pub provenance_value: String,
    /// When the statement was taken over.
    pub recorded_at: Timestamp,
}

/// Who gives names of one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.alias_scheme")]
pub enum AliasScheme {
    /// Common Vulnerabilities and Exposures.
    Cve,
    /// GitHub.
    Ghsa,
    /// Open Source Vulnerabilities.
    Osv,
    /// Japan Vulnerability Notes.
    Jvn,
    /// Russia's data bank.
    Bdu,
    /// CERT/CC's vulnerability notes.
    Vu,
    /// Microsoft.
    Msrc,
    /// Cisco.
    CiscoSa,
    /// Oracle's critical patch updates.
    OracleCpu,
    /// Adobe.
    Apsb,
    /// Apple's support articles.
    AppleHt,
    /// VMware.
    Vmsa,
    /// Red Hat.
    Rhsa,
    /// Ubuntu.
    Usn,
    /// Debian.
    Dsa,
    /// SUSE.
    SuseSu,
    /// Industrial control systems.
    Icsa,
    /// A weakness.
    Cwe,
    /// A product.
    Cpe,
    /// A package.
    Purl,
}

/// What a name of an advisory means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vuln.alias_relation")]
pub enum AliasRelation {
    /// The same vulnerability.
    Same,
    /// One that this was derived from.
    Upstream,
    /// Something that merely belongs to it.
    Related,
}

/// What the names of a scheme begin with, before the first digit.
const PREFIXES: [(&str, AliasScheme); 17] = [
    ("CVE-", AliasScheme::Cve),
    ("OSV-", AliasScheme::Osv),
    ("JVNDB-", AliasScheme::Jvn),
    ("JVN#", AliasScheme::Jvn),
    ("BDU:", AliasScheme::Bdu),
    ("VU#", AliasScheme::Vu),
    ("ADV", AliasScheme::Msrc),
    ("APSB", AliasScheme::Apsb),
    ("HT", AliasScheme::AppleHt),
    ("VMSA-", AliasScheme::Vmsa),
    ("RHSA-", AliasScheme::Rhsa),
    ("USN-", AliasScheme::Usn),
    ("DSA-", AliasScheme::Dsa),
    ("SUSE-SU-", AliasScheme::SuseSu),
    ("ICSA-", AliasScheme::Icsa),
    ("CWE-", AliasScheme::Cwe),
    ("cpe:", AliasScheme::Cpe),
];

/// What other names begin with, whatever follows.
const WORD_PREFIXES: [(&str, AliasScheme); 4] = [
    ("GHSA-", AliasScheme::Ghsa),
    ("cisco-sa-", AliasScheme::CiscoSa),
    ("cpe:/", AliasScheme::Cpe),
    ("pkg:", AliasScheme::Purl),
];

impl AliasScheme {
    /// The scheme that a name is written in, by its beginning, for look-ups of what people type; none where
    /// no scheme begins so. Oracle's updates have no form of their own and are never recognised.
    ///
    /// ```
    /// use stellaops_db::schema::vuln::AliasScheme;
    /// assert_eq!(AliasScheme::of("CVE-2026-10001"), Some(AliasScheme::Cve));
    /// assert_eq!(AliasScheme::of("pkg:npm/left-pad"), Some(AliasScheme::Purl));
    /// assert_eq!(AliasScheme::of("HTTP"), None);
    /// ```
    pub fn of(name: &str) -> Option<Self> {
        let numbered = PREFIXES.iter().filter(|(prefix, _)| {
            let rest = name.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
        });
        let worded = WORD_PREFIXES
            .iter()
            .filter(|(prefix, _)| name.starts_with(prefix));
        numbered.chain(worded).map(|(_, scheme)| *scheme).next()
    }
}
