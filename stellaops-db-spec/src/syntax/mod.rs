//! What may be written: TOML text to a tree with places, and the tree held against the key tables.
//!
//! It knows the form of a spec file (which keys, of which kind, which are required) and no rule
//! about what they mean; those are in the checker.

mod characters;
mod conform;
mod document;
pub mod keys;

pub use conform::conform;
pub use document::{Entry, Node, Value, parse};
