//! The spec of one table in the making.

use stellaops_db_spec::model::Tenancy;

use super::catalog::Relation;
use super::name::Names;
use super::note::Note;
use super::toml::{Section, SpecFile};
use super::world::World;

/// Sentences for what the database does not say.
pub(super) const TAKEN_OVER: &str = "taken over from the database, which does not say why";

/// A table, taken over part by part.
pub(super) struct Draft<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) relation: &'a Relation,
    pub(super) tenancy: Tenancy,
    /// What the spec calls the columns.
    pub(super) names: Names,
    pub(super) head: Section,
    pub(super) columns: Vec<Section>,
    /// Enums and shapes.
    pub(super) types: Vec<Section>,
    /// Keys, indexes, checks and all else.
    pub(super) rest: Vec<Section>,
    /// Objects without a comment.
    pub(super) silent: Vec<String>,
    pub(super) notes: Vec<Note>,
}

/// The order of a column's keys.
const COLUMN_KEYS: &[&str] = &[
    "type",
    "enum",
    "shape",
    "references",
    "on_delete",
    "identity",
    "nullable",
    "default",
    "on_update",
    "immutable",
    "min",
    "max",
    "min_length",
    "max_length",
    "pattern",
    "collation",
    "collation_why",
    "doc",
    "paths",
];

impl<'a> Draft<'a> {
    pub(super) fn new(world: &'a World<'a>, relation: &'a Relation) -> Self {
        let tenancy = world.tenancy(relation);
        Draft {
            world,
            relation,
            tenancy,
            names: Names::of(relation.columns.iter().map(|column| column.name.as_str())),
            head: Section::new("", ("table", "")),
            columns: Vec::new(),
            types: Vec::new(),
            rest: Vec::new(),
            silent: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// `<schema>.<table>` in the database.
    pub(super) fn label(&self) -> String {
        format!("{}.{}", self.relation.schema, self.relation.name)
    }

    /// The name of the table in the specs.
    pub(super) fn name(&self) -> String {
        self.world.table_name(&self.relation.schema, &self.relation.name)
    }

    pub(super) fn note(
        &mut self,
        object: (&str, &str),
        missing: impl Into<String>,
        instead: impl Into<String>,
    ) {
        self.notes
            .push(Note::new(&self.label(), object, missing, instead));
    }

    /// The section of the column that the database calls so.
    pub(super) fn column(&mut self, original: &str) -> Option<&mut Section> {
        let mut columns = self.columns.iter_mut();
        columns.find(|section| section.object.1 == original)
    }

    /// The columns as the spec calls them, without the tenant in front.
    pub(super) fn own(&self, columns: &[String]) -> Vec<String> {
        let own = match columns.split_first() {
            Some((first, own)) if self.is_tenant(first) => own,
            _ => columns,
        };
        own.iter().map(|column| self.names.get(column)).collect()
    }

    /// Whether it is the column that the tenancy puts in front.
    pub(super) fn is_tenant(&self, column: &str) -> bool {
        self.tenancy.has_tenant() && column == "tenant_id"
    }

    /// Whether the text names a column that the spec calls otherwise.
    pub(super) fn names_renamed(&self, text: &str) -> bool {
        self.names.changed().any(|(original, _)| text.contains(original))
    }

    /// What a comment says, or that there is none.
    pub(super) fn why(&mut self, object: &str, comment: &Option<String>) -> String {
        match comment.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => text.to_owned(),
            None => {
                self.silent.push(object.into());
                TAKEN_OVER.into()
            }
        }
    }

    /// The file, and everything that it does not say.
    pub(super) fn finish(mut self) -> (SpecFile, Vec<Note>) {
        if !self.silent.is_empty() {
            let missing = format!(
                "there is no comment that says what is meant by {}",
                self.silent.join(", ")
            );
            self.note(("comments", ""), missing, "the spec says that it was taken over");
        }
        for column in &mut self.columns {
            let place = |key: &str| COLUMN_KEYS.iter().position(|known| *known == key);
            column.keys.sort_by_key(|(key, _)| place(key));
        }
        let schema = self.world.schema_name(&self.relation.schema);
        let file = SpecFile {
            path: format!("{schema}/{}.toml", self.name()),
            relation: self.label(),
            sections: [vec![self.head], self.columns, self.types, self.rest].concat(),
        };
        (file, self.notes)
    }
}
