//! One table with eight columns many times over, behind a feature: what it adds to a check is what a table of
//! that width costs, with nothing of enums, documents and the package in it.

use crate::scaffolded::{Item, Scaffolded};

/// The table.
pub(crate) const TABLE: &str = "execution_logs";

/// How often.
pub(crate) const COPIES: usize = 100;

/// The feature of the packages that has them.
pub(crate) const FEATURE: &str = "narrow";

/// The copies, in the module of the schema that has the table; nothing in those of others.
pub(crate) fn module(scaffolded: &Scaffolded, code: impl Fn(&Item) -> String) -> String {
    let Some(item) = scaffolded.tables.iter().find(|item| item.table() == TABLE) else {
        return String::new();
    };
    let code = code(item);
    let mut text = format!("#[cfg(feature = \"{FEATURE}\")]\npub mod narrow {{\nuse super::*;\n");
    for copy in 0..COPIES {
        text.push_str(&format!("pub mod copy_{copy} {{\n{code}\n}}\n"));
    }
    text + "}\n"
}
