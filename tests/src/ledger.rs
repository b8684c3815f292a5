//! The tables of `tests/ledger/specs`, which keep rows for ever, for a while, or as evidence.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use stellaops_db::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// What was agreed.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("ledger.contracts", specs = "ledger/specs")]
pub struct Contract {
    /// The id.
    pub id: Id<Contract>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What it is about.
    pub title: String,
}

/// Somebody came.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("ledger.visits", specs = "ledger/specs")]
pub struct Visit {
    /// The id.
    pub id: Id<Visit>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Who came.
    pub visitor: String,
    /// When they came.
    pub visited_at: Timestamp,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("ledger.entries", specs = "ledger/specs")]
pub struct Entry {
    /// The id.
    pub id: Id<Entry>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What happened.
    pub what: String,
    /// How it came about.
    pub act: Option<String>,
    /// What it is about.
    pub about: Option<String>,
    /// What is to be said about it.
    pub note: Option<String>,
    /// The day on which somebody looked at it.
    pub seen_on: Option<NaiveDate>,
    /// Words for it.
    pub tags: Vec<String>,
    /// What proves it.
    pub proof: Option<Vec<u8>>,
    /// What else is known.
    pub detail: Option<EntryDetail>,
    /// Whether it was out of the ordinary.
    pub kind: EntryKind,
    /// Its number.
    pub position: i64,
    /// The hash of the entry before.
    pub previous: Vec<u8>,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// The last entry of a tenant.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("ledger.entry_heads", specs = "ledger/specs")]
pub struct EntryHead {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its number.
    pub position: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// When it was written.
    pub updated_at: Timestamp,
}

/// What else is known of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Jsonb)]
#[jsonb("ledger.entry_detail", specs = "ledger/specs")]
pub struct EntryDetail {
    /// Whatever it is.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

/// Whether it was out of the ordinary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("ledger.entry_kind", specs = "ledger/specs")]
pub enum EntryKind {
    /// It was not.
    Usual,
    /// It was.
    Odd,
}

/// What others are to be told of.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("ledger.notices", specs = "ledger/specs")]
pub struct Notice {
    /// The number.
    pub id: i64,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What it is.
    pub what: String,
    /// When it was said.
    pub said_at: Timestamp,
}
