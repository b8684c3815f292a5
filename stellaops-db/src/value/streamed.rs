//! Reads a document from its text straight into a Rust type, without a tree of it in between.
//!
//! What is read here, a tree would give as well: the shape's present version and no undeclared member. What is
//! not is no fault yet. It may be of a former version, and what is wrong with it is found out in a tree, which
//! knows the place.
//!
//! A member that nobody reads is passed over here: it may be deeper, or hold a greater number, than a tree can.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor,
};
use serde_json::de::StrRead;

use crate::value::document::{ShapeDescriptor, VERSION_MEMBER};
use crate::value::known;

/// Reads a document of the shape's present version; none where it has to be looked at more closely.
pub(super) fn read<T: DeserializeOwned>(text: &str, shape: &'static ShapeDescriptor) -> Option<T> {
    if !known::parts_are_known(text, shape) {
        return None;
    }
    let mut text = serde_json::Deserializer::from_str(text);
    let members = Document {
        text: &mut text,
        shape,
    };
    let document = T::deserialize(members).ok()?;
    text.end().ok()?;
    Some(document)
}

/// The version that a document seems to have, for a choice between shapes. It is a guess: a member of that name
/// may lie deeper. The shape that is read holds the document's own version against its own.
pub fn likely_version(text: &str) -> Option<&str> {
    // From the end, where PostgreSQL puts a name of this length; a search for a text has more to prepare.
    let mut quotes = text.rmatch_indices('"');
    let behind = quotes.find_map(|(place, _)| text[place..].strip_prefix("\"schemaVersion\""))?;
    let value = behind.trim_start().strip_prefix(':')?.trim_start();
    let (version, _) = value.strip_prefix('"')?.split_once('"')?;
    Some(version)
}

/// A name or a version, borrowed where nothing in it is escaped.
#[derive(serde::Deserialize)]
pub(super) struct Word<'t>(#[serde(borrow)] pub(super) Cow<'t, str>);

/// The text of a document, whose version nobody sees who reads it.
struct Document<'d, 'de> {
    text: &'d mut serde_json::Deserializer<StrRead<'de>>,
    shape: &'static ShapeDescriptor,
}

impl<'de> Deserializer<'de> for Document<'_, 'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, serde_json::Error> {
        let shape = self.shape;
        self.text.deserialize_map(InMembers { visitor, shape })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, serde_json::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, serde_json::Error> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Gives a visitor the members of a document.
struct InMembers<V> {
    visitor: V,
    shape: &'static ShapeDescriptor,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for InMembers<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(formatter)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        let mut members = Members {
            members,
            shape: self.shape,
            has_version: false,
        };
        let document = self.visitor.visit_map(&mut members)?;
        match members.has_version {
            true => Ok(document),
            false => Err(A::Error::missing_field(VERSION_MEMBER)),
        }
    }
}

/// The members of a document but for its version.
struct Members<A> {
    members: A,
    shape: &'static ShapeDescriptor,
    has_version: bool,
}

impl<'de, A: MapAccess<'de>> Members<A> {
    /// The name of the next member; the version is looked at on the way.
    fn name(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        while let Some(Word(name)) = self.members.next_key()? {
            if name != VERSION_MEMBER {
                return Ok(Some(name));
            }
            let Word(version) = self.members.next_value()?;
            if self.has_version || self.shape.versions.first() != Some(&version.as_ref()) {
                return Err(A::Error::custom("it is of another version"));
            }
            self.has_version = true;
        }
        Ok(None)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Some(name) = self.name()? else {
            return Ok(None);
        };
        let is_unknown = |members: &[&str]| !members.contains(&name.as_ref());
        if self.shape.members.is_some_and(is_unknown) {
            return Err(A::Error::custom("a member is unknown"));
        }
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.members.next_value_seed(seed)
    }
}
