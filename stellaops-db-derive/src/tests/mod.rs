//! The macros, run as functions.
