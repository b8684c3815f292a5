//! The library of `tests/library/specs` against a real PostgreSQL, on every version that is at hand.

mod bulk;
mod documents;
mod finders;
mod fixture;
mod pages;
mod plans;
mod projections;
mod references;
mod search;
mod sensitive;
mod wanted;
