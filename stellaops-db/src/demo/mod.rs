//! The demonstration that the `stellaops-db` command runs.

pub mod go;
