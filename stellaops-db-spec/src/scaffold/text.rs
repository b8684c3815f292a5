//! Rust source that is being written: what it uses is gathered on the way.

use std::collections::BTreeSet;

/// What an enum is called that would be called as a table.
pub(super) const ENUM: &str = "Kind";

/// What a document is called that would be called as a table.
pub(super) const DOCUMENT: &str = "Document";

/// A file on its way.
#[derive(Default)]
pub(super) struct Source {
    collections: BTreeSet<&'static str>,
    toolkit: BTreeSet<&'static str>,
    other: BTreeSet<&'static str>,
    taken: BTreeSet<String>,
    body: String,
}

impl Source {
    /// A file beside the structs of those names.
    pub(super) fn beside(taken: BTreeSet<String>) -> Self {
        Source {
            taken,
            ..Source::default()
        }
    }

    /// The type of an enum or a document; one that would be called as a table's struct is called
    /// otherwise.
    pub(super) fn type_name(&self, declared: &str, otherwise: &str) -> String {
        let name = super::name::of_type(declared);
        match self.taken.contains(&name) {
            true => format!("{name}{otherwise}"),
            false => name,
        }
    }

    /// Names something of `std::collections`.
    pub(super) fn collection(&mut self, name: &'static str) -> &'static str {
        self.collections.insert(name);
        name
    }

    /// Names something of the toolkit.
    pub(super) fn toolkit(&mut self, name: &'static str) -> &'static str {
        self.toolkit.insert(name);
        name
    }

    /// Names something by its whole path.
    pub(super) fn import(&mut self, path: &'static str) {
        self.other.insert(path);
    }

    /// An item begins: an empty line, then its documentation.
    pub(super) fn item(&mut self, doc: &str) {
        self.body.push('\n');
        self.doc("", doc);
    }

    /// Documentation, one line a line of the text.
    pub(super) fn doc(&mut self, indent: &str, doc: &str) {
        for line in doc.trim().lines() {
            self.line(format!("{indent}/// {}", line.trim()).trim_end());
        }
    }

    /// A line.
    pub(super) fn line(&mut self, line: &str) {
        self.body.push_str(line);
        self.body.push('\n');
    }

    /// The whole file.
    pub(super) fn finish(self, from: &str) -> String {
        let mut head = format!("//! Scaffolded from the spec of {from}: yours to change.\n");
        let collections = braced("std::collections", &self.collections);
        let toolkit = braced("stellaops_db", &self.toolkit);
        let other: String = self.other.iter().map(|path| format!("use {path};\n")).collect();
        for group in [collections, other, toolkit] {
            if !group.is_empty() {
                head.push_str(&format!("\n{group}"));
            }
        }
        format!("{head}{}", self.body)
    }
}

fn braced(path: &str, names: &BTreeSet<&'static str>) -> String {
    let names: Vec<&str> = names.iter().copied().collect();
    match names.as_slice() {
        [] => String::new(),
        [name] => format!("use {path}::{name};\n"),
        names => format!("use {path}::{{{}}};\n", names.join(", ")),
    }
}
