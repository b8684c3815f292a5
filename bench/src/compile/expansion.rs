//! How much the macros wrote.

use std::collections::BTreeMap;

/// Source after all macros.
pub(crate) struct Expansion {
    pub(crate) whole: Size,
    /// The module of each table, by `<schema>.<table>`.
    pub(crate) tables: BTreeMap<String, Size>,
}

/// Lines, and bytes without indentation.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Size {
    pub(crate) lines: usize,
    pub(crate) bytes: usize,
}

impl Size {
    fn add(&mut self, line: &str) {
        self.lines += 1;
        self.bytes += line.trim_start().len() + 1;
    }
}

/// How the text of a spec begins, alone on its line or behind `let _ =`. That text is there to have the compiler
/// notice an edit; it is no code.
const INCLUDED: &str = "b\"";

/// Reads what the compiler prints: schemas are modules, tables are modules in them, each closed by a bracket
/// with the indentation of its beginning.
pub(crate) fn read(text: &str) -> Expansion {
    let mut expansion = Expansion {
        whole: Size::default(),
        tables: BTreeMap::new(),
    };
    let mut schema = "";
    let mut table: Option<String> = None;
    for line in text.lines() {
        let code = line.trim_start();
        if code
            .strip_prefix("let _ = ")
            .unwrap_or(code)
            .starts_with(INCLUDED)
        {
            continue;
        }
        expansion.whole.add(line);
        if let Some(name) = line.strip_prefix("pub mod ") {
            schema = name.trim_end_matches(" {");
        } else if let Some(name) = line.strip_prefix("    pub mod table_") {
            table = Some(format!("{schema}.{}", name.trim_end_matches(" {")));
        } else if line == "    }" {
            table = None;
        } else if let Some(table) = &table {
            expansion.tables.entry(table.clone()).or_default().add(line);
        }
    }
    expansion
}
