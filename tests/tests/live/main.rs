//! The runtime against a real PostgreSQL: what every verb does, and that no tenant ever meets another.

#[macro_use]
mod support;
mod exchanges;
mod lists;
mod samples;
mod verbs;
