//! The tables as SeaORM's entities.

// The derive writes public items, whatever the module is.
#![allow(unreachable_pub)]

pub(crate) mod job;
pub(crate) mod run;
pub(crate) mod schedule;
pub(crate) mod worker;
