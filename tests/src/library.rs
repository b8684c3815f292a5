//! The tables of `tests/library/specs` as structs: references of several columns, orders of keys,
//! secrets, finders and a search.

use stellaops_db::{Id, Jsonb, Sensitive, Table, TenantId, Timestamp};

/// A shelf.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("library.shelves", specs = "library/specs")]
pub struct Shelf {
    /// The id.
    pub id: Id<Shelf>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What is written on it.
    pub name: String,
}

/// A place on a shelf.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("library.places", specs = "library/specs")]
pub struct Place {
    /// The shelf.
    pub shelf_id: Id<Shelf>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Counted from the left.
    pub number: i32,
    /// What is printed on the label.
    pub code: String,
}

/// A copy of a book.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(
    "library.copies",
    specs = "library/specs",
    new = "NewCopy",
    patch = "CopyPatch"
)]
pub struct BookCopy {
    /// The id.
    pub id: Id<BookCopy>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The shelf where it belongs.
    pub home_shelf_id: Id<Shelf>,
    /// The place where it belongs.
    pub home_number: i32,
    /// The shelf where it stands.
    pub shelf_id: Option<Id<Shelf>>,
    /// The place where it stands.
    pub number: Option<i32>,
    /// The label as it was scanned.
    pub label: Option<String>,
}

/// Who borrows.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("library.members", specs = "library/specs")]
pub struct Member {
    /// The id.
    pub id: Id<Member>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The number of the card.
    pub card: String,
    /// Where messages go.
    pub address: Sensitive<String>,
    /// The hash of the secret that opens the lockers.
    pub secret_hash: Option<Sensitive<Vec<u8>>>,
    /// Counts the versions.
    pub row_version: i64,
}

/// What a member is to be reminded of.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("library.reminders", specs = "library/specs")]
pub struct Reminder {
    /// The id.
    pub id: Id<Reminder>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What is printed on the letter.
    pub number: String,
    /// What it is about.
    pub kind: String,
    /// When it is sent.
    pub due_at: Timestamp,
}

/// A book.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("library.books", specs = "library/specs")]
pub struct Book {
    /// ISBN, digits only.
    pub number: String,
    /// The title.
    pub title: String,
    /// What the cover says.
    pub blurb: Option<String>,
    /// What it is about.
    pub subjects: Vec<String>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
}

/// A poem.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("library.poems", specs = "library/specs")]
pub struct Poem {
    /// The id.
    pub id: Id<Poem>,
    /// The poem.
    pub text: String,
}

/// A book that a member waits for.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("library.wishes", specs = "library/specs")]
pub struct Wish {
    /// The id.
    pub id: Id<Wish>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Where the book is to be handed out.
    pub branch: String,
    /// The greater, the sooner.
    pub urgency: i16,
    /// How long it may be.
    pub pages: Option<i32>,
    /// By when it is wanted.
    pub wanted_by: Option<chrono::NaiveDate>,
    /// What the member said.
    pub note: Option<String>,
    /// What the book is about.
    pub tags: Vec<String>,
    /// What is known of the book.
    pub details: WishDetails,
}

/// What is known of a book that a member waits for.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, Jsonb)]
#[jsonb("library.wish_details", former = "WishDetails1", specs = "library/specs")]
pub struct WishDetails {
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Whatever else the member knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What was known of a book when its writers were one text.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, Jsonb)]
#[jsonb("library.wish_details_1", specs = "library/specs")]
pub struct WishDetails1 {
    /// Who wrote it, with commas between.
    pub writers: String,
}

impl From<WishDetails1> for WishDetails {
    fn from(former: WishDetails1) -> Self {
        let first = former.writers.split(',').next().map(str::trim);
        WishDetails {
            author: first.filter(|writer| !writer.is_empty()).map(str::to_owned),
            extra: None,
        }
    }
}
