//! The toolkit: what `stellaops-db scaffold` prints.

use std::path::Path;

use crate::scaffolded::{Scaffolded, module_name, table_module};

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
        let code = format!("use super::*;\n{}\n", item.text);
        text.push_str(&table_module(item.table(), &code));
        text.push_str(&format!("pub use {}::*;\n", module_name(item.table())));
    }
    for item in scaffolded.enums.iter().chain(&scaffolded.documents) {
        text.push_str(&format!("{}\n", item.text));
    }
    text
}
