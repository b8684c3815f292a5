//! Reads a JSON document into a Rust type, and says where in it something else was expected.
//!
//! A place is written like a path of PostgreSQL: `steps[2].targets`, and `*` for a key of a map. Keys
//! and values are data of the row, which no error shows.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde_json::Value as Json;

/// What was expected, and where.
#[derive(Debug)]
pub(super) struct Misfit {
    /// From the innermost to the outermost.
    steps: Vec<String>,
    cause: String,
}

/// Reads a document.
pub(super) fn read<T: DeserializeOwned>(document: Json) -> Result<T, Misfit> {
    T::deserialize(Located(document))
}

impl Misfit {
    fn new(cause: String) -> Self {
        let steps = Vec::new();
        Misfit { steps, cause }
    }

    fn inside(mut self, step: String) -> Self {
        self.steps.push(step);
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() {
            return formatter.write_str(&self.cause);
        }
        let mut path = String::new();
        for step in self.steps.iter().rev() {
            if !path.is_empty() && !step.starts_with('[') {
                path.push('.');
            }
            path.push_str(step);
        }
        write!(formatter, "at `{path}`: {}", self.cause)
    }
}

impl std::error::Error for Misfit {}

impl Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Misfit::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Misfit::new(format!("expected {expected}, found {}", kind(&found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Misfit::new(format!(
            "expected {expected}, found {} that is none",
            kind(&found)
        ))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Misfit::new(format!("expected one of {}, found another", expected.join(", ")))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Misfit::new(format!(
            "found an unknown member, known are {}",
            expected.join(", ")
        ))
    }

    fn missing_field(name: &'static str) -> Self {
        Misfit::new(format!("the member `{name}` is missing"))
    }
}

fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a number with a fraction",
        Unexpected::Str(_) | Unexpected::Char(_) => "a text",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}

struct Located(Json);

impl Located {
    fn members<'de, V: Visitor<'de>>(self, visitor: V, are_named: bool) -> Result<V::Value, Misfit> {
        match self.0 {
            Json::Object(members) => visitor.visit_map(Members {
                rest: members.into_iter(),
                value: None,
                are_named,
            }),
            other => Located(other).deserialize_any(visitor),
        }
    }
}

impl<'de> Deserializer<'de> for Located {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(value),
            Json::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => visitor.visit_string(text),
            Json::Array(items) => visitor.visit_seq(Items {
                rest: items.into_iter(),
                position: 0,
            }),
            Json::Object(_) => self.members(visitor, false),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Json::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.members(visitor, true)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Json::String(text) => visitor.visit_enum(text.into_deserializer()),
            Json::Object(members) => visitor.visit_enum(MapAccessDeserializer::new(Members {
                rest: members.into_iter(),
                value: None,
                are_named: true,
            })),
            other => Located(other).deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items {
    rest: std::vec::IntoIter<Json>,
    position: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some(item) = self.rest.next() else {
            return Ok(None);
        };
        let step = format!("[{}]", self.position);
        self.position += 1;
        seed.deserialize(Located(item))
            .map(Some)
            .map_err(|misfit| misfit.inside(step))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Members {
    rest: serde_json::map::IntoIter,
    value: Option<(String, Json)>,
    are_named: bool,
}

impl<'de> MapAccess<'de> for Members {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some((name, value)) = self.rest.next() else {
            return Ok(None);
        };
        let step = if self.are_named { name.clone() } else { "*".into() };
        self.value = Some((step, value));
        let name: StringDeserializer<Misfit> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let Some((step, value)) = self.value.take() else {
            return Err(Misfit::custom("a value was asked for before its key"));
        };
        seed.deserialize(Located(value))
            .map_err(|misfit| misfit.inside(step))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::read;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Plan {
        steps: Vec<Step>,
        by_key: Option<BTreeMap<String, Step>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Step {
        kind: Kind,
        seconds: u8,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Wait,
        Call { number: u8 },
    }

    fn fault(document: serde_json::Value) -> String {
        read::<Plan>(document)
            .expect_err("the document is bad")
            .to_string()
    }

    #[test]
    fn good_documents_are_read() {
        let document = json!({ "steps": [{ "kind": "wait", "seconds": 1 }, { "kind": { "call": { "number": 2 } }, "seconds": 3 }], "byKey": null });
        let steps = vec![
            Step {
                kind: Kind::Wait,
                seconds: 1,
            },
            Step {
                kind: Kind::Call { number: 2 },
                seconds: 3,
            },
        ];
        assert_eq!(
            read::<Plan>(document).expect("good"),
            Plan { steps, by_key: None }
        );
    }

    #[test]
    fn faults_name_the_place_and_show_no_value() {
        let step = json!({ "kind": "wait", "seconds": 1 });
        let mut bad = step.clone();
        bad["seconds"] = json!("secret");
        assert_eq!(
            fault(json!({ "steps": [step, bad] })),
            "at `steps[1].seconds`: expected u8, found a text"
        );
        assert_eq!(
            fault(json!({ "steps": [], "byKey": { "secret": bad } })),
            "at `byKey.*.seconds`: expected u8, found a text"
        );
        bad["seconds"] = json!(999);
        assert_eq!(
            fault(json!({ "steps": [bad] })),
            "at `steps[0].seconds`: expected u8, found an integer that is none"
        );
        bad["kind"] = json!("secret");
        assert_eq!(
            fault(json!({ "steps": [bad] })),
            "at `steps[0].kind`: expected one of wait, call, found another"
        );
        assert_eq!(
            fault(json!({ "steps": [{ "kind": "wait" }] })),
            "at `steps[0]`: the member `seconds` is missing"
        );
        assert_eq!(fault(json!({})), "the member `steps` is missing");
    }
}
