//! The tasks of `COOKBOOK.md`, each run against a real PostgreSQL, as they are written there.
#![allow(clippy::unwrap_used)] // a test that cannot go on has failed

mod events;
mod given;
mod lists;
mod more;
mod page;
mod rows;
mod together;
