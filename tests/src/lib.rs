//! The workspace's test package; the tests are under `tests/`.

pub mod ledger;
pub mod library;
pub mod shop;
