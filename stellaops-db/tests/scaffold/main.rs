//! Specs from databases that exist: the toolkit's own, one that it cannot express, and a hostile one.
#![cfg(feature = "cli")]

mod command;
mod dump;
mod foreign;
mod hostile;
mod round_trip;
mod support;
