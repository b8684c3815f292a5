//! The canonical text of a document, RFC 8785, and its hash. What could not be read back as it was written is
//! refused here, before the database sees it.

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::value::{EncodeError, JsonShape, Parameter, ShapeDescriptor};

/// So deep a document may be: readers of JSON take 128 levels, and then refuse the row.
const MAX_DEPTH: usize = 127;

/// Integers up to here are told apart by every reader (RFC 8785, section 3.2.2.3, and RFC 7493): 2^53 - 1.
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// What one jsonb value takes (`JENTRY_OFFLENMASK` of PostgreSQL's `jsonb.h`): 256 MiB, less one.
const MAX_BYTES: usize = (1 << 28) - 1;

/// Canonical JSON; refuses what PostgreSQL's jsonb cannot hold, and what would be read as another value.
pub(super) fn canonical_json(document: &Json, shape: &ShapeDescriptor) -> Result<String, EncodeError> {
    let fail = |cause: String| EncodeError::Json {
        shape: shape.name,
        cause,
    };
    let is_plain = look(document, shape).map_err(fail)?;
    let text = match is_plain {
        true => serde_json::to_string(document),
        false => serde_jcs::to_string(document),
    };
    let text = text.map_err(|error| fail(error.to_string()))?;
    match text.len() > MAX_BYTES {
        true => Err(fail("it has more than 256 MiB".into())),
        false => Ok(text),
    }
}

/// A member of a document, as it is sent.
pub(crate) fn canonical_member(member: Json, shape: &ShapeDescriptor) -> Result<Parameter, EncodeError> {
    canonical_json(&member, shape).map(|text| Parameter::Json(Some(text)))
}

/// Looks at all of a document. Without recursion: what is too deep must not end the program.
///
/// Says whether it is plain: without fractions, and with the members of each object in the order of their names,
/// which are ASCII. Then the canonical form is the usual one, which is written in a tenth of the time; fractions have
/// a form of their own (RFC 8785, section 3.2.2.3), and names are sorted by UTF-16 (section 3.2.3).
///
/// # Errors
/// What is wrong with it, and inside which of its declared members.
fn look(document: &Json, shape: &ShapeDescriptor) -> Result<bool, String> {
    let declared = |name: &str| shape.members.is_some_and(|members| members.contains(&name));
    let mut open: Vec<(&Json, usize, Option<&str>)> = vec![(document, 1, None)];
    let mut is_plain = true;
    while let Some((value, depth, member)) = open.pop() {
        let inside = |cause: &str| match member {
            Some(member) => format!("inside `{member}`: {cause}"),
            None => cause.to_owned(),
        };
        if depth > MAX_DEPTH {
            return Err(inside("it is deeper than 127 levels"));
        }
        match value {
            Json::String(text) if text.contains('\0') => return Err(inside("a text holds a NUL character")),
            Json::Number(number) => {
                if let Some(cause) = unreadable(number) {
                    return Err(inside(cause));
                }
                is_plain &= !number.is_f64();
            }
            Json::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1, member))),
            Json::Object(members) => {
                if members.keys().any(|name| name.contains('\0')) {
                    return Err(inside("the name of a member holds a NUL character"));
                }
                is_plain &= members.keys().all(|name| name.is_ascii()) && members.keys().is_sorted();
                open.extend(members.iter().map(|(name, value)| {
                    let named = (depth == 1 && declared(name)).then_some(name.as_str());
                    (value, depth + 1, member.or(named))
                }));
            }
            _ => {}
        }
    }
    Ok(is_plain)
}

/// Why a number would be read back as another one.
fn unreadable(number: &serde_json::Number) -> Option<&'static str> {
    let too_great = "an integer is beyond 2^53 - 1, where canonical JSON rounds it; write it as a text";
    if let Some(integer) = number.as_u64() {
        return (integer > MAX_INTEGER).then_some(too_great);
    }
    if let Some(integer) = number.as_i64() {
        return (integer.unsigned_abs() > MAX_INTEGER).then_some(too_great);
    }
    // Canonical JSON writes 1.0 as 1, which is read as an integer.
    let is_whole = |fraction: f64| fraction.fract() == 0.0 && fraction.abs() < u64::MAX as f64;
    let whole = number.as_f64().is_some_and(is_whole);
    whole.then_some("a number with a fraction is whole, and would be read back as an integer")
}

/// SHA-256 of a document's canonical JSON (RFC 8785), its version included: equal documents have equal hashes,
/// whoever wrote them in which order. Shown as `sha256:` and 64 hexadecimal digits, as the specs write digests.
///
/// ```
/// # #[cfg(feature = "scheduler")] {
/// use stellaops_db::ContentHash;
/// use stellaops_db::schema::scheduler::GraphResult;
///
/// let result = GraphResult {
///     graph_revision_id: format!("grv_{}", "7".repeat(64)),
///     node_count: 3,
///     edge_count: 2,
///     graph: None,
/// };
/// let hash = ContentHash::of(&result)?;
/// assert!(hash.to_string().starts_with("sha256:"));
/// assert_eq!(hash, ContentHash::of(&result.clone())?);
/// # }
/// # Ok::<(), stellaops_db::EncodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Of a document.
    ///
    /// # Errors
    /// [`EncodeError::Json`] when it cannot be stored.
    pub fn of<D: JsonShape>(document: &D) -> Result<Self, EncodeError> {
        let text = canonical_json(&document.to_json()?, D::DESCRIPTOR)?;
        Ok(ContentHash(Sha256::digest(text).into()))
    }

    /// The hash, for a column of type `bytea`.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for ContentHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{MAX_DEPTH, MAX_INTEGER, canonical_json, look};
    use crate::value::{EncodeError, ShapeDescriptor};

    const SHAPE: ShapeDescriptor = ShapeDescriptor {
        name: "app.plan",
        versions: &["app.plan@1"],
        members: Some(&["steps"]),
        fields: &[],
        parts: &[],
    };

    fn refused(document: &Json) -> String {
        match canonical_json(document, &SHAPE) {
            Err(EncodeError::Json { cause, .. }) => cause,
            other => panic!("it is refused, and not {other:?}"),
        }
    }

    fn nested(depth: usize) -> Json {
        (1..depth).fold(json!(1), |inner, _| json!([inner]))
    }

    #[test]
    fn members_are_sorted_and_numbers_have_one_form() {
        let document = json!({ "b": 2, "a": 0.5, "ä": [true, null, "\u{1}"], "c": -9007199254740991_i64 });
        let text = canonical_json(&document, &SHAPE).expect("has a form");
        assert_eq!(
            text,
            "{\"a\":0.5,\"b\":2,\"c\":-9007199254740991,\"ä\":[true,null,\"\\u0001\"]}"
        );
    }

    /// The usual form is taken where it is the canonical one, to the byte.
    #[test]
    fn the_short_way_gives_the_same_text() {
        let controls: String = (1..=0x7f_u8).map(char::from).collect();
        for (document, is_plain) in [
            (
                json!({ "b": [1, -1, 0, MAX_INTEGER], "a": { "z": null, "A": true } }),
                true,
            ),
            (
                json!({ "text": controls, "quotes": "\"\\/\u{2028}\u{10ffff}ä" }),
                true,
            ),
            (json!([[], {}, "", [[{ "a": [] }]]]), true),
            (json!({ "a": 0.5 }), false),
            (json!({ "ä": 1, "a": 2 }), false),
            (json!({ "\u{10000}": 1, "\u{e000}": 2 }), false),
        ] {
            assert_eq!(look(&document, &SHAPE), Ok(is_plain), "{document}");
            let text = canonical_json(&document, &SHAPE).expect("has a form");
            assert_eq!(text, serde_jcs::to_string(&document).expect("has a form"));
        }
    }

    #[test]
    fn integers_that_would_be_rounded_are_refused() {
        for number in [
            json!(1_u64 << 53),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(-(1_i64 << 53)),
        ] {
            let said = refused(&json!({ "steps": [number] }));
            assert!(
                said.starts_with("inside `steps`: an integer is beyond 2^53 - 1"),
                "{said}"
            );
        }
    }

    #[test]
    fn fractions_that_would_be_read_as_integers_are_refused() {
        for number in [1.0, -0.0, 1e16, -3.0] {
            assert!(
                refused(&json!([number])).contains("read back as an integer"),
                "{number}"
            );
        }
        for number in [0.5, 1e21, -1e300, 5e-324] {
            canonical_json(&json!([number]), &SHAPE).expect("comes back as it is");
        }
    }

    #[test]
    fn nul_is_told_with_the_declared_member_and_without_free_keys() {
        assert_eq!(
            refused(&json!({ "steps": "a\0" })),
            "inside `steps`: a text holds a NUL character"
        );
        let said = refused(&json!({ "secret": { "b\0": 1 } }));
        assert_eq!(said, "the name of a member holds a NUL character");
    }

    #[test]
    fn what_no_reader_takes_is_refused_before_it_is_stored() {
        let deepest = canonical_json(&nested(MAX_DEPTH), &SHAPE).expect("is deep enough");
        serde_json::from_str::<Json>(&deepest).expect("is read");
        assert!(refused(&nested(MAX_DEPTH + 1)).contains("deeper than 127 levels"));
    }
}
