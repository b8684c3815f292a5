//! The derive macros of stellaops-db.
