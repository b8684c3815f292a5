//! The workspace's test package; the tests are under `tests/`.

pub mod corpus;
pub mod ledger;
pub mod length;
pub mod library;
pub mod numbers;
pub mod shop;
pub mod specs;
pub mod sql;
