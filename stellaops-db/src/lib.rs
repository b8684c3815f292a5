//! Multi-tenant PostgreSQL from one specification.

#[cfg(feature = "demo")]
pub mod demo;
