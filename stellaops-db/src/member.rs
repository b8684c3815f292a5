//! Which Rust types can hold which members of a JSONB document: checked by the compiler, through
//! aliases and newtypes, in our words.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::id::Id;
use crate::tenant::TenantId;
use crate::timestamp::Timestamp;
use crate::value::ShapeDescriptor;

/// A tag for each type that a member can have in the specs.
pub mod tag {
    use std::marker::PhantomData;

    macro_rules! tags {
        ($($name:ident = $doc:literal),*) => {$(
            #[doc = $doc]
            #[derive(Debug)]
            pub struct $name;
        )*};
    }
    tags!(
        Text = "A string.",
        Integer = "A whole number.",
        Boolean = "True or false.",
        Object = "An object: a part, or free.",
        Set = "A sorted list of distinct strings."
    );

    /// A list of such items.
    #[derive(Debug)]
    pub struct List<I>(PhantomData<I>);

    /// An object with free keys and such values.
    #[derive(Debug)]
    pub struct Map<I>(PhantomData<I>);
}

/// A type that can hold a member of that type. Derived for parts of documents, and for enums.
#[diagnostic::on_unimplemented(
    message = "[SDB0137] `{Self}` cannot hold a member of type {M}",
    label = "the member needs another Rust type",
    note = "text: String, Id<T>, Uuid, TenantId, Timestamp, NaiveDate, or an enum without data; integer: i16, i32, i64, u16, u32, u64; boolean: bool; list: Vec; set: BTreeSet of a text; map: BTreeMap<String, _>; object with a shape: a struct that derives Jsonb for it; free object: serde_json::Map<String, Value>; optional: Option of it. Your own enum derives Jsonb with `#[jsonb(part)]`\nrun `stellaops-db explain SDB0137`"
)]
pub trait HoldsMember<M> {
    /// The only words that a text can be; none: any.
    const WORDS: Option<&'static [&'static str]> = None;
    /// The least and the greatest integer that can be held.
    const RANGE: Option<(i64, i64)> = None;
    /// The declared part that an object is.
    const PART: Option<&'static ShapeDescriptor> = None;
}

macro_rules! holds {
    ($tag:ty: $($type:ty),*) => {$(impl HoldsMember<$tag> for $type {})*};
}

holds!(tag::Text: String, Uuid, TenantId, Timestamp, NaiveDate);
holds!(tag::Boolean: bool);
holds!(tag::Object: Map<String, Json>, BTreeMap<String, Json>);
impl<T> HoldsMember<tag::Text> for Id<T> {}

macro_rules! holds_integers {
    ($($type:ident = $least:expr, $greatest:expr;)*) => {$(
        impl HoldsMember<tag::Integer> for $type {
            const RANGE: Option<(i64, i64)> = Some(($least as i64, $greatest as i64));
        }
    )*};
}

holds_integers! {
    i8 = i8::MIN, i8::MAX;
    i16 = i16::MIN, i16::MAX;
    i32 = i32::MIN, i32::MAX;
    i64 = i64::MIN, i64::MAX;
    u8 = u8::MIN, u8::MAX;
    u16 = u16::MIN, u16::MAX;
    u32 = u32::MIN, u32::MAX;
    u64 = u64::MIN, i64::MAX;
}

macro_rules! holds_items {
    ($(<$($generic:ident),*> $tag:ty: $type:ty where $item:ty: $item_tag:ty;)*) => {$(
        impl<$($generic),*> HoldsMember<$tag> for $type where $item: HoldsMember<$item_tag> {
            const WORDS: Option<&'static [&'static str]> = <$item as HoldsMember<$item_tag>>::WORDS;
            const RANGE: Option<(i64, i64)> = <$item as HoldsMember<$item_tag>>::RANGE;
            const PART: Option<&'static ShapeDescriptor> = <$item as HoldsMember<$item_tag>>::PART;
        }
    )*};
}

holds_items! {
    <T, I> tag::List<I>: Vec<T> where T: I;
    <T> tag::Set: BTreeSet<T> where T: tag::Text;
    <T, I> tag::Map<I>: BTreeMap<String, T> where T: I;
    <T, M> M: Box<T> where T: M;
}

/// Implemented by nothing: types without one form in JSON would hold any member if it were.
#[diagnostic::on_unimplemented(
    message = "[SDB0133] `{T}` has no canonical JSON form",
    label = "this is held in a JSONB document",
    note = "use `BTreeMap` for `HashMap`, `BTreeSet` or `Vec` for `HashSet`, and an integer in a smaller unit (or a text) for a float\nrun `stellaops-db explain SDB0133`"
)]
pub trait Stable<T> {}

impl<M: Stable<f32>> HoldsMember<M> for f32 {}
impl<M: Stable<f64>> HoldsMember<M> for f64 {}
#[allow(clippy::disallowed_types, reason = "named to say why they are refused")]
impl<K, V, S, M: Stable<std::collections::HashMap<K, V, S>>> HoldsMember<M>
    for std::collections::HashMap<K, V, S>
{
}
#[allow(clippy::disallowed_types, reason = "named to say why they are refused")]
impl<T, S, M: Stable<std::collections::HashSet<T, S>>> HoldsMember<M> for std::collections::HashSet<T, S> {}

/// Fails to compile unless `T` can hold a member of type `M` with any value. Generated code calls it
/// once a member.
pub const fn holds_member<T: HoldsMember<M>, M>() {
    assert!(
        T::WORDS.is_none(),
        "[SDB0137] the member may be any text, and the enum knows its own words only\n= help: list the words as `values` in the spec, or write `String`\n= note: run `stellaops-db explain SDB0137`"
    );
}

/// Whether the texts of `T` are these words, or any texts; for a constant assertion.
pub const fn holds_words<T: HoldsMember<M>, M>(words: &[&str]) -> bool {
    match T::WORDS {
        None => true,
        Some(own) => own.len() == words.len() && all_in(own, words) && all_in(words, own),
    }
}

/// Whether besides, the words stand in the order of bytes, in which an enum derives `Ord`.
pub const fn holds_sorted_words<T: HoldsMember<M>, M>(words: &[&str]) -> bool {
    holds_words::<T, M>(words)
        && match T::WORDS {
            None => true,
            Some(own) => is_sorted(own),
        }
}

/// Whether `T` holds these integers; for a constant assertion.
pub const fn holds_bounds<T: HoldsMember<M>, M>(bounds: &[i64]) -> bool {
    let Some((least, greatest)) = T::RANGE else {
        return true;
    };
    let mut position = 0;
    while position < bounds.len() {
        if bounds[position] < least || bounds[position] > greatest {
            return false;
        }
        position += 1;
    }
    true
}

/// The declared part that the objects of `T` are.
pub const fn part_of<T: HoldsMember<M>, M>() -> Option<&'static ShapeDescriptor> {
    T::PART
}

/// Whether it is the part of that name; for a constant assertion.
pub const fn is_part(part: Option<&'static ShapeDescriptor>, name: &str) -> bool {
    match part {
        None => false,
        Some(part) => crate::compat::same(part.name, name),
    }
}

const fn all_in(words: &[&str], others: &[&str]) -> bool {
    let mut position = 0;
    while position < words.len() {
        let mut found = false;
        let mut other = 0;
        while other < others.len() {
            found = found || matches!(compare(words[position], others[other]), Order::Equal);
            other += 1;
        }
        if !found {
            return false;
        }
        position += 1;
    }
    true
}

const fn is_sorted(words: &[&str]) -> bool {
    let mut position = 1;
    while position < words.len() {
        if !matches!(compare(words[position - 1], words[position]), Order::Less) {
            return false;
        }
        position += 1;
    }
    true
}

enum Order {
    Less,
    Equal,
    Greater,
}

/// By bytes; the standard comparison is not constant.
const fn compare(left: &str, right: &str) -> Order {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut position = 0;
    while position < left.len() && position < right.len() {
        if left[position] < right[position] {
            return Order::Less;
        }
        if left[position] > right[position] {
            return Order::Greater;
        }
        position += 1;
    }
    match (left.len() - position, right.len() - position) {
        (0, 0) => Order::Equal,
        (0, _) => Order::Less,
        _ => Order::Greater,
    }
}
