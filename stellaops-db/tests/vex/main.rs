//! Schema `vex` on a real PostgreSQL: what its own verbs promise.
#![cfg(all(feature = "vex", feature = "testing"))]

mod claims;
mod graphs;
mod support;
