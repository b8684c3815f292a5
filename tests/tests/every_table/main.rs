//! Every table of `specs/`, held against a real PostgreSQL by tests that are made from the specs: no
//! table is named here, so a table that is added tomorrow is tested tomorrow.

#[macro_use]
mod built_in;
mod catalog;
mod client;
mod fixture;
mod given;
mod orders;
mod plans;
mod rows;
mod structs;
