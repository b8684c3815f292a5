//! The programs as processes of their own, as an operator runs them.
#![allow(clippy::unwrap_used)] // a test that cannot go on has failed

mod api;
mod given;
mod import;
mod worker;
