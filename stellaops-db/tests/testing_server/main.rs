//! The test support against real servers.
#![cfg(feature = "testing")]

mod clock;
mod database;
mod given;
mod server;
mod support;
mod wire;
