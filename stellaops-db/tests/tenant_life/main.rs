//! The life cycle of a tenant: exported, imported, erased, on a database of all schemas. No table is named where the specs name
//! it, so a table that is added tomorrow takes part tomorrow.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // a test that cannot go on has failed

mod damaged;
mod erase;
mod export;
mod import;
mod many;
mod refused;
mod world;
