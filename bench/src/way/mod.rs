//! The ways to make a call.

pub(crate) mod copy;
pub(crate) mod diesel;
pub(crate) mod held;
pub(crate) mod pipelined;
pub(crate) mod plain;
pub(crate) mod pooled;
pub(crate) mod sea_orm;
mod statement;
pub(crate) mod toolkit;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

pub(crate) use held::Held;
pub(crate) use pooled::Pooled;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
pub(crate) enum Kind {
    Copy,
    Floor,
    Toolkit,
    Usual,
    TenantInBegin,
    Pipelined,
    SeaOrm,
    Diesel,
}

impl Kind {
    /// Those of single calls, in the order of the table's columns.
    pub(crate) const CALLS: [Kind; 7] = [
        Kind::Floor,
        Kind::Toolkit,
        Kind::Usual,
        Kind::TenantInBegin,
        Kind::Pipelined,
        Kind::SeaOrm,
        Kind::Diesel,
    ];
    /// Those of streams, and of many callers or workers at once.
    pub(crate) const CROWDS: [Kind; 6] = [
        Kind::Floor,
        Kind::Toolkit,
        Kind::Usual,
        Kind::Pipelined,
        Kind::SeaOrm,
        Kind::Diesel,
    ];
    /// Those of bulk loads.
    pub(crate) const LOADS: [Kind; 5] = [Kind::Copy, Kind::Toolkit, Kind::Usual, Kind::SeaOrm, Kind::Diesel];
    /// Those that have the same isolation as the toolkit.
    pub(crate) const PEERS: [Kind; 5] = [
        Kind::Usual,
        Kind::TenantInBegin,
        Kind::Pipelined,
        Kind::SeaOrm,
        Kind::Diesel,
    ];

    /// Whether others are measured by it.
    pub(crate) fn is_yardstick(self) -> bool {
        matches!(self, Kind::Copy | Kind::Floor)
    }

    /// The name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Copy => "superuser's COPY",
            Kind::Floor => "floor",
            Kind::Toolkit => "stellaops-db",
            Kind::Usual => "sqlx, usual",
            Kind::TenantInBegin => "sqlx, tenant in BEGIN",
            Kind::Pipelined => "tokio-postgres, pipelined",
            Kind::SeaOrm => "SeaORM",
            Kind::Diesel => "diesel-async",
        }
    }

    /// What it does, in a sentence.
    pub(crate) fn explanation(self) -> &'static str {
        match self {
            Kind::Copy => {
                "binary COPY into the table itself: no isolation, and row-level security refuses it to a service"
            }
            Kind::Floor => {
                "sqlx, the statement alone on one connection that is never given back, a login with BYPASSRLS: no isolation"
            }
            Kind::Toolkit => "a repository of a tenant scope, row-level security in force, its own pool",
            Kind::Usual => {
                "sqlx, `begin()`, `set_config` with a parameter, the statement, `commit()`; row-level security in force, one connection that is never given back"
            }
            Kind::TenantInBegin => {
                "as usual, but BEGIN and `set_config` in one text, with the tenant quoted into it"
            }
            Kind::Pipelined => {
                "tokio-postgres, the usual four statements prepared and sent without waiting; row-level security in force, one connection"
            }
            Kind::SeaOrm => {
                "SeaORM 2: `begin()`, `set_config`, the entity's statement, `commit()`; row-level security in force, its pool"
            }
            Kind::Diesel => {
                "diesel-async: `transaction`, `set_config`, the query builder's statement; row-level security in force, one connection"
            }
        }
    }
}
