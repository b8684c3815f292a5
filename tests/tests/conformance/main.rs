//! One suite for PostgreSQL and the memory twin: each case is written once, over the trait that both have, and runs
//! on either. What differs fails under the case's name.

#[macro_use]
mod world;

mod checks;
mod deletion;
mod documents;
mod filters;
mod keys;
mod lists;
mod references;
mod services;
mod swaps;
mod tenancies;
mod uniqueness;
mod updates;
mod values;
