//! The built-in schemas, each behind a feature of its name. Whoever brings their own specs needs none.

#[cfg(feature = "scheduler")]
pub mod scheduler;
