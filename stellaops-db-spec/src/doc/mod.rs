//! Documents for people and editors: the rules, and the JSON Schema of the spec files.
//!
//! Both are written from the tables that the checker itself reads ([`crate::rule`] and
//! [`crate::syntax::keys`]), so that they cannot say anything else than what is checked.

pub mod json_schema;
mod rules;
mod specification;

pub use json_schema::{SpecFile, editor_associations};
pub use rules::{explain, rules_markdown};
pub use specification::specification;

use crate::generate::OutputFile;

/// The documents that do not depend on any spec: a JSON Schema for each kind of spec file. Paths are
/// relative to the folder of generated files.
pub fn emit() -> Vec<OutputFile> {
    let schema = |file: SpecFile| OutputFile {
        path: file.schema_name().into(),
        text: json_schema::json_schema(file),
    };
    SpecFile::ALL.into_iter().map(schema).collect()
}

/// The page of rules, `RULES.md`.
pub fn rules_page() -> OutputFile {
    OutputFile {
        path: "RULES.md".into(),
        text: rules_markdown(),
    }
}
