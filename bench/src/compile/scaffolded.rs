//! The scaffolded source of a schema, taken apart: so that all ways have the same structs, enums and
//! documents with the same documentation.

use std::collections::BTreeSet;

use stellaops_db_spec::model::Schema;
use stellaops_db_spec::scaffold;

/// The items of a schema.
pub(crate) struct Scaffolded {
    /// The imports.
    pub(crate) imports: Vec<String>,
    pub(crate) tables: Vec<Item>,
    pub(crate) enums: Vec<Item>,
    pub(crate) documents: Vec<Item>,
}

/// A struct or an enum.
pub(crate) struct Item {
    /// As it was scaffolded.
    pub(crate) text: String,
    /// Its name.
    pub(crate) name: String,
    /// What it is made from, as its attribute says: `scheduler.graph_jobs`.
    pub(crate) source: String,
}

/// A field of a struct.
pub(crate) struct Field {
    /// Its documentation.
    pub(crate) doc: String,
    pub(crate) name: String,
    /// The type as any library has it: an id is a `Uuid`, a tenant is a `String`.
    pub(crate) kind: String,
}

impl Scaffolded {
    /// Scaffolds a schema. Items stand apart by an empty line and have none inside.
    pub(crate) fn new(schema: &Schema) -> Self {
        let source = scaffold::schema(schema);
        let mut scaffolded = Scaffolded {
            imports: Vec::new(),
            tables: Vec::new(),
            enums: Vec::new(),
            documents: Vec::new(),
        };
        for block in source.split("\n\n") {
            let derived = block.lines().find(|line| line.starts_with("#[derive("));
            let list = match derived {
                Some(line) if line.ends_with("Table)]") => &mut scaffolded.tables,
                Some(line) if line.ends_with("DbEnum)]") => &mut scaffolded.enums,
                Some(_) => &mut scaffolded.documents,
                None if block.starts_with("use ") => {
                    scaffolded.imports.push(block.to_owned());
                    continue;
                }
                None => continue,
            };
            list.push(Item::new(block.trim_end()));
        }
        scaffolded
    }

    /// The documents that are columns, not only parts of others.
    pub(crate) fn stored_documents(&self) -> BTreeSet<String> {
        let fields = self.tables.iter().flat_map(Item::fields);
        let types: BTreeSet<String> = fields.map(|field| inside(&field.kind).to_owned()).collect();
        let documents = self.documents.iter().map(|document| document.name.clone());
        documents.filter(|name| types.contains(name)).collect()
    }

    /// The type as a module inside the schema's names it.
    pub(crate) fn seen_from_inside(&self, kind: &str) -> String {
        let name = inside(kind);
        let mut declared = self.enums.iter().chain(&self.documents);
        match declared.any(|item| item.name == name) {
            true => kind.replace(name, &format!("super::{name}")),
            false => kind.to_owned(),
        }
    }
}

impl Item {
    fn new(text: &str) -> Self {
        let head = text.lines().find_map(|line| {
            let rest = line
                .strip_prefix("pub struct ")
                .or(line.strip_prefix("pub enum "))?;
            rest.strip_suffix(" {")
        });
        let source = text
            .lines()
            .find(|line| line.starts_with("#[") && line.ends_with("\")]"));
        Item {
            text: text.to_owned(),
            name: head.unwrap_or_default().to_owned(),
            source: source.and_then(quoted).unwrap_or_default().to_owned(),
        }
    }

    /// Its table in the schema.
    pub(crate) fn table(&self) -> &str {
        self.source.rsplit('.').next().unwrap_or_default()
    }

    /// The lines before the derive.
    pub(crate) fn docs(&self) -> String {
        let docs = self.text.lines().take_while(|line| line.starts_with("///"));
        docs.map(|line| format!("{line}\n")).collect()
    }

    /// The fields of a row.
    pub(crate) fn fields(&self) -> Vec<Field> {
        let mut doc = String::new();
        let mut fields = Vec::new();
        for line in self.text.lines() {
            if let Some(text) = line.strip_prefix("    /// ") {
                doc = text.to_owned();
            } else if let Some((name, kind)) = line
                .strip_prefix("    pub ")
                .and_then(|field| field.strip_suffix(','))
                .and_then(|field| field.split_once(": "))
            {
                fields.push(Field {
                    doc: std::mem::take(&mut doc),
                    name: name.to_owned(),
                    kind: common(kind),
                });
            }
        }
        fields
    }

    /// The variants of an enum, in declared order.
    pub(crate) fn variants(&self) -> Vec<&str> {
        let lines = self.text.lines().filter_map(|line| line.strip_prefix("    "));
        let lines = lines.filter(|line| !line.starts_with("//") && !line.starts_with('#'));
        lines.map(|line| line.trim_end_matches(',')).collect()
    }

    /// The item with other derives and without the toolkit's attributes.
    pub(crate) fn derived(&self, with: &str) -> String {
        let mut text = String::new();
        for line in self.text.lines() {
            let trimmed = line.trim_start();
            if let Some(derives) = line.strip_prefix("#[derive(") {
                let (others, _) = derives.rsplit_once(", ").unwrap_or_default();
                text.push_str(&format!("#[derive({others}{with})]\n"));
                // A choice of documents: serde is left to the toolkit's derive.
                if self.text.contains("pub enum") && self.text.contains("),\n") {
                    text.push_str("#[derive(Serialize, Deserialize)]\n#[serde(untagged)]\n");
                }
            } else if !OWN.iter().any(|own| trimmed.starts_with(own)) {
                text.push_str(&format!("{line}\n"));
            }
        }
        text
    }
}

/// The toolkit's own attributes.
const OWN: [&str; 5] = ["#[table(", "#[column(", "#[db_enum(", "#[value(", "#[jsonb("];

fn quoted(line: &str) -> Option<&str> {
    line.split('"').nth(1)
}

/// What an optional type or a list is of.
fn inside(kind: &str) -> &str {
    ["Option<", "Vec<"]
        .iter()
        .find_map(|outer| kind.strip_prefix(outer)?.strip_suffix('>').map(inside))
        .unwrap_or(kind)
}

fn common(kind: &str) -> String {
    if let Some(optional) = kind
        .strip_prefix("Option<")
        .and_then(|rest| rest.strip_suffix('>'))
    {
        return format!("Option<{}>", common(optional));
    }
    if let Some(secret) = kind
        .strip_prefix("Sensitive<")
        .and_then(|rest| rest.strip_suffix('>'))
    {
        return common(secret);
    }
    match kind {
        "TenantId" => "String".into(),
        "Timestamp" => "chrono::DateTime<chrono::Utc>".into(),
        id if id.starts_with("Id<") => "uuid::Uuid".into(),
        other => other.into(),
    }
}

/// The imports that a schema's documents need.
pub(crate) const IMPORTS: &str = "#[allow(unused_imports)]\nuse std::collections::{BTreeMap, BTreeSet};\n\
    #[allow(unused_imports)]\nuse serde::{Deserialize, Serialize};\n";

/// A module around the code of a table.
pub(crate) fn table_module(table: &str, code: &str) -> String {
    format!("pub mod {} {{\n{code}}}\n", module_name(table))
}

/// The name of the module around the code of a table, in all ways the same.
pub(crate) fn module_name(table: &str) -> String {
    format!("table_{table}")
}

/// `graph_jobs` as `GraphJobs`.
pub(crate) fn camel(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect()
}
