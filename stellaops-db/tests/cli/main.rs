//! The command, driven as people and machines drive it: as a process.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // a test that cannot go on has failed

mod check;
mod config;
mod demo;
mod explain;
mod generate;
mod init;
mod scaffold;
mod streams;
mod support;
mod usage;
