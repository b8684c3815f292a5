//! Ids that follow from what they name, so that every worker and every installation makes the same.

use std::fmt;
use std::str::FromStr;

use serde_json::json;

use crate::compat::{Holds, tag};
use crate::schema::vex::digest::hex_of_json;
use crate::table::Key;
use crate::value::{DecodeError, EncodeError, Parameter, Row, Value};

/// A text that is no such id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the id is `{prefix}` and 64 hexadecimal digits in lower case")]
pub struct InvalidStableId {
    prefix: &'static str,
}

macro_rules! stable_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// What every such id begins with.
            pub const PREFIX: &'static str = $prefix;

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidStableId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse(text, Self::PREFIX).map($name)
            }
        }

        impl Holds<tag::Text> for $name {}

        impl Key for $name {
            fn parameters(&self) -> Result<Vec<Parameter>, EncodeError> {
                Ok(vec![self.to_parameter()?])
            }
        }

        impl Value for $name {
            fn null() -> Parameter {
                String::null()
            }

            fn to_parameter(&self) -> Result<Parameter, EncodeError> {
                self.0.to_parameter()
            }

            fn from_row(row: &Row<'_>, index: usize) -> Result<Self, DecodeError> {
                String::from_row(row, index).map($name)
            }
        }
    };
}

stable_id!(
    /// The id of a dependency graph: the same SBOM, feed snapshot and policy version give the same.
    ///
    /// ```
    /// use stellaops_db::schema::vex::GraphRevisionId;
    /// let sbom = format!("sha256:{}", "1".repeat(64));
    /// let feeds = format!("sha256:{}", "2".repeat(64));
    /// let id = GraphRevisionId::of(&sbom, &feeds, "baseline@1.4.2");
    /// assert_eq!(id, GraphRevisionId::of(&sbom, &feeds, "baseline@1.4.2"));
    /// assert_ne!(id, GraphRevisionId::of(&sbom, &feeds, "baseline@1.4.3"));
    /// assert_eq!(id.to_string().parse(), Ok(id));
    /// ```
    GraphRevisionId,
    "grv_"
);

stable_id!(
    /// The id of a linkset: it follows from the vulnerability and the product alone.
    ///
    /// ```
    /// use stellaops_db::schema::vex::LinksetId;
    /// let id = LinksetId::of("CVE-2024-3094", "pkg:deb/debian/xz-utils@5.6.0-0.2");
    /// assert_eq!(id, LinksetId::of("CVE-2024-3094", "pkg:deb/debian/xz-utils@5.6.0-0.2"));
    /// assert!(id.as_str().starts_with(LinksetId::PREFIX));
    /// ```
    LinksetId,
    "lks_"
);

impl GraphRevisionId {
    /// The id of the graph that these inputs give. Digests are written `sha256:` and 64 hexadecimal
    /// digits, the policy version `pack@1.2.3`.
    pub fn of(sbom_digest: &str, feed_snapshot_digest: &str, policy_version: &str) -> Self {
        let key = json!({
            "feedSnapshotDigest": feed_snapshot_digest,
            "policyVersion": policy_version,
            "sbomDigest": sbom_digest,
        });
        GraphRevisionId(format!("{}{}", Self::PREFIX, hex_of_json(&key)))
    }
}

impl LinksetId {
    /// The id of the linkset of all claims about this vulnerability in this product.
    pub fn of(vulnerability_id: &str, product_key: &str) -> Self {
        let key = json!({ "productKey": product_key, "vulnerabilityId": vulnerability_id });
        LinksetId(format!("{}{}", Self::PREFIX, hex_of_json(&key)))
    }
}

fn parse(text: &str, prefix: &'static str) -> Result<String, InvalidStableId> {
    let digits = text.strip_prefix(prefix).unwrap_or_default();
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if digits.len() == 64 && digits.bytes().all(is_digit) {
        Ok(text.into())
    } else {
        Err(InvalidStableId { prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_never_change_between_releases() {
        let digest = |digit: &str| format!("sha256:{}", digit.repeat(64));
        assert_eq!(
            GraphRevisionId::of(&digest("1"), &digest("2"), "baseline@1.4.2").as_str(),
            "grv_72d985e9d825830e3a6316e55566b7c4641613704706b3ab50b94b463f276048"
        );
        assert_eq!(
            LinksetId::of("CVE-2024-3094", "pkg:deb/debian/xz-utils@5.6.0-0.2").as_str(),
            "lks_919d9b51c3c91909dd9b2532bf7dea6e89b72fc53f393e1098865eeae19b03fd"
        );
    }

    #[test]
    fn parts_of_the_key_are_not_confused() {
        assert_ne!(LinksetId::of("a", "b:c"), LinksetId::of("a:b", "c"));
        assert_ne!(LinksetId::of("a", "b"), LinksetId::of("b", "a"));
    }

    #[test]
    fn a_text_of_another_form_is_no_id() {
        let good = LinksetId::of("CVE-2024-3094", "pkg:npm/a");
        for bad in [
            "",
            "lks_",
            &good.as_str()[..67],
            &good.as_str().to_uppercase(),
            &good.as_str().replace("lks_", "grv_"),
            &format!("{good}0"),
        ] {
            assert!(bad.parse::<LinksetId>().is_err(), "{bad}");
        }
    }
}
