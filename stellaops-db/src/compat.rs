//! Which Rust types can hold which columns: checked by the compiler, through aliases and newtypes,
//! in our words.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::id::Id;
use crate::table::{Identified, Insert};
use crate::tenant::TenantId;
use crate::timestamp::Timestamp;
use crate::value::{DbEnum, JsonShape};

/// A tag for each column type of the specs.
pub mod tag {
    macro_rules! tags {
        ($($name:ident = $doc:literal),*) => {$(
            #[doc = $doc]
            #[derive(Debug)]
            pub struct $name;
        )*};
    }
    tags!(
        Tenant = "the tenant",
        UuidColumn = "`uuid`",
        Text = "`text`",
        SmallInt = "`smallint`",
        Integer = "`integer`",
        BigInt = "`bigint`",
        Boolean = "`boolean`",
        TimestampTz = "`timestamptz`",
        Date = "`date`",
        Bytea = "`bytea`",
        TextArray = "`text[]`",
        UuidArray = "`uuid[]`",
        Enum = "an enum of the specs",
        Json = "a JSONB shape of the specs"
    );
}

/// A type that can hold a column of that type.
#[diagnostic::on_unimplemented(
    message = "[SDB0113] `{Self}` cannot hold a column of type {C}",
    label = "the column needs another Rust type",
    note = "tenant: TenantId; uuid: Id<T> or Uuid; text: String; smallint, integer, bigint: i16, i32, i64; boolean: bool; timestamptz: Timestamp (never a naive time); date: NaiveDate; bytea: Vec<u8>; text[]: Vec<String>; uuid[]: Vec<Uuid>; an enum: a type deriving DbEnum; a shape: a type deriving Jsonb; nullable: Option of it\nrun `stellaops-db explain SDB0113`"
)]
pub trait Holds<C> {}

impl Holds<tag::Tenant> for TenantId {}
impl Holds<tag::UuidColumn> for Uuid {}
impl<T> Holds<tag::UuidColumn> for Id<T> {}
impl Holds<tag::Text> for String {}
impl Holds<tag::Text> for TenantId {}
impl Holds<tag::SmallInt> for i16 {}
impl Holds<tag::Integer> for i32 {}
impl Holds<tag::BigInt> for i64 {}
impl Holds<tag::Boolean> for bool {}
impl Holds<tag::TimestampTz> for Timestamp {}
impl Holds<tag::Date> for NaiveDate {}
impl Holds<tag::Bytea> for Vec<u8> {}
impl Holds<tag::TextArray> for Vec<String> {}
impl Holds<tag::UuidArray> for Vec<Uuid> {}
impl<T> Holds<tag::UuidArray> for Vec<Id<T>> {}
impl<E: DbEnum> Holds<tag::Enum> for E {}
impl<J: JsonShape> Holds<tag::Json> for J {}

/// Fails to compile unless `V` can hold a column of type `C`. Generated code calls it once a field.
pub const fn holds<V: Holds<C>, C>() {}

/// The table that a uuid belongs to, when its type says so.
#[diagnostic::on_unimplemented(
    message = "[SDB0113] `{Self}` cannot hold a row's id",
    label = "the column needs another Rust type",
    note = "write `Id<…>` with the struct of the table that the column points at, or a plain `Uuid`\nrun `stellaops-db explain SDB0113`"
)]
pub trait RowId {
    /// `<schema>.<table>`, or none for a plain UUID.
    const TABLE: Option<&'static str>;
}

impl RowId for Uuid {
    const TABLE: Option<&'static str> = None;
}

impl<T: Identified> RowId for Id<T> {
    const TABLE: Option<&'static str> = Some(T::TABLE);
}

/// Fails to compile unless a field of type `V` may hold ids of that table: those that `column` holds.
/// `written` is what the field's type should be, and `place` where the column is specified. Generated
/// code calls this in a constant, once a field; so the two below.
#[track_caller]
pub const fn is_id_of<V: RowId>(column: &str, table: &str, written: &str, place: &str) {
    if let Some(own) = V::TABLE
        && !same(own, table)
    {
        refuse(
            "SDB0117",
            &["`", column, "` holds ids of `", table, "`"],
            &["write `", written, "`, or a plain `Uuid` (", place, ")"],
        );
    }
}

/// Fails to compile unless `T` is the struct of that table.
#[track_caller]
pub const fn is_table<T: Identified>(table: &str) {
    if !same(T::TABLE, table) {
        refuse(
            "SDB0143",
            &[
                "this is the struct of `",
                T::TABLE,
                "`, and the projection reads `",
                table,
                "`",
            ],
            &["name both the same: the table in front, its struct behind `of`"],
        );
    }
}

/// Fails to compile unless `V` is the enum that the column declares.
#[track_caller]
pub const fn is_enum<V: DbEnum>(column: &str, declared: &str, place: &str) {
    if !same(V::DESCRIPTOR.name, declared) {
        refuse(
            "SDB0124",
            &["the column `", column, "` is a `", declared, "`"],
            &["use the type with `#[db_enum(\"", declared, "\")]` (", place, ")"],
        );
    }
}

/// Fails to compile unless `V` is the shape that the column declares.
#[track_caller]
pub const fn is_shape<V: JsonShape>(column: &str, declared: &str, place: &str) {
    if !same(V::DESCRIPTOR.name, declared) {
        refuse(
            "SDB0135",
            &["the column `", column, "` is a `", declared, "`"],
            &["use the type with `#[jsonb(\"", declared, "\")]` (", place, ")"],
        );
    }
}

/// Ends the compilation with a message in the frame that all of ours have. A constant cannot format a text, so
/// the parts are put together here.
#[track_caller]
const fn refuse(code: &str, message: &[&str], help: &[&str]) -> ! {
    let mut text = Text::new();
    text.push(&["[", code, "] "]);
    text.push(message);
    text.push(&["\n= help: "]);
    text.push(help);
    text.push(&["\n= note: run `stellaops-db explain ", code, "`"]);
    match std::str::from_utf8(text.bytes.split_at(text.length).0) {
        Ok(text) => panic!("{}", text),
        // A text that was cut inside a letter.
        Err(_) => panic!("[SDB0113] the type does not hold what the spec declares"),
    }
}

/// A text that grows within a constant; what is too long for it is cut.
struct Text {
    bytes: [u8; 4_096],
    length: usize,
}

impl Text {
    const fn new() -> Self {
        Text {
            bytes: [0; 4_096],
            length: 0,
        }
    }

    const fn push(&mut self, parts: &[&str]) {
        let mut part = 0;
        while part < parts.len() {
            let bytes = parts[part].as_bytes();
            let mut position = 0;
            while position < bytes.len() && self.length < self.bytes.len() {
                self.bytes[self.length] = bytes[position];
                self.length += 1;
                position += 1;
            }
            part += 1;
        }
    }
}

/// Whether the enum, shape or table of a type is the one that the column declares; for a constant
/// assertion. The empty name is that of a type with a fault, which is reported there.
pub const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.is_empty() {
        return true;
    }
    if left.len() != right.len() {
        return false;
    }
    let mut position = 0;
    while position < left.len() {
        if left[position] != right[position] {
            return false;
        }
        position += 1;
    }
    true
}

macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident $(for $purpose:ident)?, $message:literal, $note:literal;)*) => {$(
        $(#[$doc])*
        #[diagnostic::on_unimplemented(message = $message, label = "no part of a patch", note = $note)]
        pub trait $name {}
        $(#[diagnostic::do_not_recommend] impl $name for $purpose {})?
    )*};
}

purposes! {
    /// Assignments that may name a column of the key.
    SetsKey for Insert, "[SDB0706] a key is not patched", "insert a new row and delete the old one\nrun `stellaops-db explain SDB0706`";
    /// Assignments that may name a status.
    SetsStatus for Insert, "[SDB0707] a status is not patched", "it changes by `compare_and_swap`, which names the status that is expected\nrun `stellaops-db explain SDB0707`";
    /// Assignments that may name what never changes, or by verbs of its own.
    SetsAtInsert for Insert, "[SDB0709] this column is not patched", "it is immutable, or set by a verb of its own: row versions and times by every update, leases by `claim`, marks by `soft_delete`\nrun `stellaops-db explain SDB0709`";
    /// Implemented by nothing: a setter that asks for it says why it is refused.
    ScopeGives, "[SDB0706] the tenant of a row is not assigned", "it is the tenant of the scope; a row never moves to another\nrun `stellaops-db explain SDB0706`";
    /// Implemented by nothing: a setter that asks for it says why it is refused.
    DatabaseNumbers, "[SDB0706] this column is not assigned", "the database numbers it when the row is inserted\nrun `stellaops-db explain SDB0706`";
    /// Implemented by nothing: a setter that asks for it says why it is refused.
    DatabaseGenerates, "[SDB0708] a generated column is not patched", "the database computes it from its JSON: patch that\nrun `stellaops-db explain SDB0708`";
    /// Implemented by nothing: a setter that asks for it says why it is refused.
    SetByTheRuntime, "[SDB0709] this column is not patched", "it is immutable, or set by a verb of its own: row versions and times by every update, leases by `claim`, marks by `soft_delete`\nrun `stellaops-db explain SDB0709`";
}
