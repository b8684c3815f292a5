//! The reader of Go projects, through its public door: files in, a graph or faults out.

#![cfg(feature = "demo")]

mod examples;
mod folders;
mod go_mod;
mod go_work;
mod sums_and_vendor;
mod support;
