//! Documents and their parts, as their shapes say: no undeclared member, and no absent one as null.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::value::{EncodeError, located};

/// The member that holds the shape's version.
pub(super) const VERSION_MEMBER: &str = "schemaVersion";

/// A JSONB shape of the specs, as `#[derive(Jsonb)]` describes it.
#[derive(Debug)]
pub struct ShapeDescriptor {
    /// `<schema>.<shape>`.
    pub name: &'static str,
    /// The versioned names of the documents that the shape allows, each before its former versions; none for a
    /// part.
    pub versions: &'static [&'static str],
    /// The names of a single document's members, where others are refused.
    pub members: Option<&'static [&'static str]>,
    /// The fields of the Rust type that have another name in JSON: their own and that one, which is empty for a
    /// field whose members stand beside the others.
    pub fields: &'static [(&'static str, &'static str)],
    /// The members that hold parts.
    pub parts: &'static [PartMember],
}

/// A member that is a part, or holds parts.
#[derive(Debug)]
pub struct PartMember {
    /// The member.
    pub name: &'static str,
    /// Whether the parts stand under free keys.
    pub is_map: bool,
    /// The part.
    pub part: Option<&'static ShapeDescriptor>,
}

/// The document of a single shape: what serde writes, without absent members, with the version.
///
/// # Errors
/// [`EncodeError::Json`] when it is no object or already has a member `schemaVersion`.
pub(super) fn document_to_json<T: Serialize>(
    value: &T,
    shape: &'static ShapeDescriptor,
) -> Result<Json, EncodeError> {
    let fail = |cause: String| EncodeError::Json {
        shape: shape.name,
        cause,
    };
    let Json::Object(mut members) = serde_json::to_value(value).map_err(|error| fail(error.to_string()))?
    else {
        return Err(fail("it is no object".into()));
    };
    remove_absent(&mut members, shape);
    let version = shape.versions.first().copied().unwrap_or_default();
    if members.insert(VERSION_MEMBER.into(), version.into()).is_some() {
        return Err(fail(format!("the member `{VERSION_MEMBER}` is the runtime's")));
    }
    Ok(Json::Object(members))
}

/// Reads the document of a single shape.
///
/// # Errors
/// A text that says what is wrong, and where.
pub(super) fn document_from_json<T: DeserializeOwned>(
    version: &str,
    document: Json,
    shape: &'static ShapeDescriptor,
) -> Result<T, String> {
    // Those behind it are former ones, whose documents have another form.
    if shape.versions.first() != Some(&version) {
        return Err(format!(
            "its version is `{version}`, known are {}",
            shape.versions.join(", ")
        ));
    }
    if let Json::Object(members) = &document
        && let Some(unknown) = unknown_member(members, shape)
    {
        return Err(format!("it has an unknown member `{unknown}`"));
    }
    located::read(document).map_err(|misfit| misfit.to_string())
}

/// An absent member is absent, never null: one document, one form.
fn remove_absent(members: &mut Map<String, Json>, shape: &ShapeDescriptor) {
    members.retain(|_, member| !member.is_null());
    for (held, part) in held_parts(shape) {
        let values: Vec<&mut Json> = match members.get_mut(held.name) {
            Some(Json::Array(items)) => items.iter_mut().collect(),
            Some(Json::Object(values)) if held.is_map => values.values_mut().collect(),
            Some(value) => vec![value],
            None => continue,
        };
        for value in values {
            if let Json::Object(members) = value {
                remove_absent(members, part);
            }
        }
    }
}

/// The path of a member that nobody declared.
fn unknown_member(members: &Map<String, Json>, shape: &ShapeDescriptor) -> Option<String> {
    let unknown = |known: &[&str]| members.keys().find(|name| !known.contains(&name.as_str()));
    if let Some(unknown) = shape.members.and_then(unknown) {
        return Some(unknown.clone());
    }
    for (held, part) in held_parts(shape) {
        let values: Vec<(String, &Json)> = match members.get(held.name) {
            Some(Json::Array(items)) => {
                let numbered = items.iter().enumerate();
                numbered
                    .map(|(position, item)| (format!("[{position}]"), item))
                    .collect()
            }
            Some(Json::Object(values)) if held.is_map => {
                values.values().map(|value| (".*".into(), value)).collect()
            }
            Some(value) => vec![(String::new(), value)],
            None => continue,
        };
        for (step, value) in values {
            if let Json::Object(members) = value
                && let Some(unknown) = unknown_member(members, part)
            {
                return Some(format!("{}{step}.{unknown}", held.name));
            }
        }
    }
    None
}

fn held_parts(
    shape: &ShapeDescriptor,
) -> impl Iterator<Item = (&'static PartMember, &'static ShapeDescriptor)> {
    shape.parts.iter().filter_map(|held| Some((held, held.part?)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{PartMember, ShapeDescriptor, document_from_json, document_to_json};

    const STEP: &ShapeDescriptor = &ShapeDescriptor {
        name: "app.step",
        versions: &[],
        members: Some(&["name", "note"]),
        fields: &[],
        parts: &[],
    };
    const PLAN: &ShapeDescriptor = &ShapeDescriptor {
        name: "app.plan",
        versions: &["app.plan@1"],
        members: Some(&["steps", "byKey", "first", "free"]),
        fields: &[("by_key", "byKey")],
        parts: &[
            PartMember {
                name: "steps",
                is_map: false,
                part: Some(STEP),
            },
            PartMember {
                name: "byKey",
                is_map: true,
                part: Some(STEP),
            },
            PartMember {
                name: "first",
                is_map: false,
                part: Some(STEP),
            },
        ],
    };

    #[test]
    fn an_absent_member_of_a_part_is_left_out_and_free_objects_keep_their_nulls() {
        let step = json!({ "name": "a", "note": null });
        let value = json!({ "steps": [step], "byKey": { "k": step }, "first": step, "free": { "x": null } });
        let written = document_to_json(&value, PLAN).expect("an object");
        let kept = json!({ "name": "a" });
        let wanted = json!({ "schemaVersion": "app.plan@1", "steps": [kept], "byKey": { "k": kept }, "first": kept, "free": { "x": null } });
        assert_eq!(written, wanted);
    }

    #[test]
    fn an_unknown_member_of_a_part_is_named_with_its_place() {
        let unknown = |document: Json| document_from_json::<Json>("app.plan@1", document, PLAN);
        let bad = json!({ "name": "a", "color": 1 });
        let good = json!({ "name": "a" });
        let said = unknown(json!({ "steps": [good, bad] })).expect_err("unknown");
        assert_eq!(said, "it has an unknown member `steps[1].color`");
        let said = unknown(json!({ "byKey": { "secret": bad } })).expect_err("unknown");
        assert_eq!(said, "it has an unknown member `byKey.*.color`");
        let said = unknown(json!({ "first": bad })).expect_err("unknown");
        assert_eq!(said, "it has an unknown member `first.color`");
        unknown(json!({ "steps": [good], "free": { "color": 1 } })).expect("free objects are free");
    }
}
