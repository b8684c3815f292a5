//! Multi-tenant PostgreSQL from one specification.

#[cfg(feature = "demo")]
pub mod demo;

#[cfg(feature = "testing")]
pub mod testing;
