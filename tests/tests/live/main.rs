//! The runtime against a real PostgreSQL: what every verb does, and that no tenant ever meets another.

#[macro_use]
mod support;
mod binding;
mod bulk;
mod claims;
mod configuration;
mod connecting;
mod cursors;
mod documents;
mod events;
mod exchanges;
mod failures;
mod isolation;
mod ledger;
mod lists;
mod locks;
mod pages;
mod parts;
mod plans;
mod protocol;
mod queries;
mod query_rows;
mod relations;
mod rows;
mod runs;
mod samples;
mod streams;
mod swaps;
mod systems;
mod taken_keys;
mod telemetry;
mod tenants;
mod transactions;
mod units;
mod values;
mod verbs;
