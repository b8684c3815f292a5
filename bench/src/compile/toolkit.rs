//! The toolkit: what `stellaops-db scaffold` prints.

use std::path::Path;

use crate::narrow;
use crate::scaffolded::{Item, Scaffolded, module_name, table_module};

/// The toolkit beside this package.
pub(crate) fn dependency() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stellaops-db");
    format!(
        "stellaops-db = {{ path = {:?}, default-features = false }}",
        folder.display().to_string()
    )
}

/// The module of a schema.
pub(crate) fn module(scaffolded: &Scaffolded) -> String {
    let mut text: String = scaffolded.imports.join("\n");
    text.push('\n');
    for item in &scaffolded.tables {
        text.push_str(&table_module(item.table(), &code(item)));
        text.push_str(&format!("pub use {}::*;\n", module_name(item.table())));
    }
    text.push_str(&narrow::module(scaffolded, code));
    for item in scaffolded.enums.iter().chain(&scaffolded.documents) {
        text.push_str(&format!("{}\n", item.text));
    }
    text
}

/// What stands in the module of a table.
fn code(item: &Item) -> String {
    format!("use super::*;\n{}\n", item.text)
}
