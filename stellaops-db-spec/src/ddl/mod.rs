//! The schema SQL.

/// The SQL files.
pub fn emit(_database: &crate::model::Database) -> Vec<crate::generate::OutputFile> {
    Vec::new()
}
