//! Whether the parts of a document have members that nobody declared, found in its text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::value::document::{PartMember, ShapeDescriptor};
use crate::value::streamed::Word;

/// Whether each part has declared members only, where others are refused. The members of the document itself
/// are not held against its shape.
pub(super) fn parts_are_known(text: &str, shape: &'static ShapeDescriptor) -> bool {
    if shape.parts.is_empty() {
        return true;
    }
    let document = Look {
        members: None,
        parts: shape.parts,
        place: Place::Itself,
    };
    let mut text = serde_json::Deserializer::from_str(text);
    document.deserialize(&mut text).is_ok()
}

/// Looks at a value; one that is no object and holds none is left to who reads it.
#[derive(Clone, Copy)]
struct Look {
    /// The names of the object's members, where others are refused.
    members: Option<&'static [&'static str]>,
    /// The members that hold parts.
    parts: &'static [PartMember],
    place: Place,
}

/// Where the object is.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// It is the value, if that is one.
    Itself,
    /// It is the value, or is in a list.
    Member,
    /// It is under a key of the value, or is in a list.
    MapMember,
}

impl Look {
    /// At the value of a member, if that holds parts.
    fn at(&self, name: &str) -> Option<Look> {
        let held = self.parts.iter().find(|held| held.name == name)?;
        let part = held.part?;
        Some(Look {
            members: part.members,
            parts: part.parts,
            place: match held.is_map {
                true => Place::MapMember,
                false => Place::Member,
            },
        })
    }

    fn itself(self) -> Look {
        Look {
            place: Place::Itself,
            ..self
        }
    }

    fn refuses(&self, name: &str) -> bool {
        self.members.is_some_and(|members| !members.contains(&name))
    }

    fn at_members<'de, A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(Word(name)) = members.next_key()? {
            if self.refuses(&name) {
                return Err(A::Error::custom("a member is unknown"));
            }
            match self.at(&name) {
                Some(look) => members.next_value_seed(look)?,
                None => members.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Look {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        if self.place != Place::MapMember {
            return self.at_members(members);
        }
        while members.next_key::<IgnoredAny>()?.is_some() {
            members.next_value_seed(self.itself())?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if self.place == Place::Itself {
            return IgnoredAny.visit_seq(items).map(drop);
        }
        while items.next_element_seed(self.itself())?.is_some() {}
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}
