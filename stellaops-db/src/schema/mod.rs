//! The built-in schemas.
