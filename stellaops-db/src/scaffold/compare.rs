//! Compares what the database has with what would be generated from the specs, name by name, so that
//! nothing is added, lost or renamed without a word.

use std::collections::{BTreeMap, BTreeSet};

use stellaops_db_spec::ddl;
use stellaops_db_spec::model::{Database, Reference, Table, name};

use super::catalog::{Constraint, Relation};
use super::note::Note;
use super::toml::{Section, SpecFile};
use super::world::World;

/// The kind and name of something on a table.
type Thing = (&'static str, String);

/// Tells of everything that one side has and the other has not, and of what has another name.
pub(super) fn compare(
    world: &World<'_>,
    files: &[SpecFile],
    database: Option<&Database>,
    notes: &mut Vec<Note>,
) {
    let emitted = database.map(ddl::emit).unwrap_or_default();
    for relation in &world.catalog().relations {
        let schema = world.schema_name(&relation.schema);
        let name = world.table_name(&relation.schema, &relation.name);
        let table = database.and_then(|database| database.table(&format!("{schema}.{name}")));
        let Some(table) = table else {
            tell_faulty(relation, notes);
            continue;
        };
        let path = format!("schemas/{schema}.sql");
        let text = emitted.iter().find(|file| file.path == path);
        let generated = generated(text.map_or("", |file| file.text.as_str()), &table.sql_name());
        let path = format!("{schema}/{name}.toml");
        let sections = files
            .iter()
            .find(|file| file.path == path)
            .map(|file| file.sections.as_slice());
        tell(
            relation,
            &generated,
            &renamed(table, relation, sections.unwrap_or_default()),
            notes,
        );
    }
}

fn tell_faulty(relation: &Relation, notes: &mut Vec<Note>) {
    let label = format!("{}.{}", relation.schema, relation.name);
    for (kind, name) in existing(relation) {
        let missing = "the spec of its table has faults";
        notes.push(Note::new(
            &label,
            (kind, &name),
            missing,
            "whether it is generated is not known",
        ));
    }
}

fn tell(
    relation: &Relation,
    generated: &BTreeSet<Thing>,
    renamed: &BTreeMap<String, String>,
    notes: &mut Vec<Note>,
) {
    let label = format!("{}.{}", relation.schema, relation.name);
    let existing = existing(relation);
    let is_told = |notes: &[Note], name: &str| {
        let mut told = notes
            .iter()
            .filter(|note| note.relation == label && note.name == name);
        told.any(|note| note.instead.contains("left out"))
    };
    for (kind, name) in existing.difference(generated) {
        if let Some(other) = renamed.get(name) {
            let missing = "the toolkit gives names by a rule";
            notes.push(Note::new(
                &label,
                (kind, name),
                missing,
                format!("it is called {other}"),
            ));
        } else if !is_told(notes, name) {
            let missing = "nothing of this name is generated";
            notes.push(Note::new(
                &label,
                (kind, name),
                missing,
                "what the spec takes over of it stands at a column, or has another name",
            ));
        }
    }
    for (kind, name) in generated.difference(&existing) {
        // That row security is put on says that its policies are made.
        let is_plain = *kind != "policy" || relation.forced_row_security;
        if is_plain && !renamed.values().any(|other| other == name) && !is_told(notes, name) {
            let missing = "the database has nothing of this name";
            notes.push(Note::new(&label, (kind, name), missing, "it is made"));
        }
    }
}

/// What the parts of the spec were called, and what they are called when they are generated.
fn renamed(table: &Table, relation: &Relation, sections: &[Section]) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    let key = relation
        .constraints
        .iter()
        .find(|constraint| constraint.kind == "p");
    if let Some(key) = key {
        renamed.insert(key.name.clone(), name::primary_key(table));
    }
    for section in sections {
        renamed.extend(generated_name(table, section).map(|name| (section.object.1.clone(), name)));
    }
    let constraints = relation.constraints.iter();
    for constraint in constraints.filter(|constraint| constraint.kind == "f") {
        let reference = reference(table, constraint);
        let name = reference.map(|reference| name::foreign_key(table, reference));
        renamed.extend(name.map(|name| (constraint.name.clone(), name)));
    }
    renamed
}

/// What a section's object is called when it is generated.
fn generated_name(table: &Table, section: &Section) -> Option<String> {
    let written = section.get("name").map(|written| written.trim_matches('"'));
    let called = |name: &str| Some(name) == written;
    match section.header.as_str() {
        "[[unique]]" => {
            let key = table.unique_keys.iter().find(|key| called(&key.name));
            key.map(|key| name::unique_key(table, key))
        }
        "[[indexes]]" => {
            let index = table.indexes.iter().find(|index| called(&index.name));
            index.map(|index| name::index(table, index))
        }
        "[[checks]]" => {
            let check = table.checks.iter().find(|check| called(&check.name));
            check.map(|check| name::check(table, check))
        }
        _ => None,
    }
}

/// The reference that a constraint became: it may have lost the tenant in front.
fn reference<'t>(table: &'t Table, constraint: &Constraint) -> Option<&'t Reference> {
    table.references.iter().find(|reference| {
        let own = reference.columns.iter().map(|column| column.name.as_str());
        let mut ends = own.rev().zip(constraint.columns.iter().rev());
        reference.columns.len() <= constraint.columns.len() && ends.all(|(own, other)| own == other)
    })
}

fn existing(relation: &Relation) -> BTreeSet<Thing> {
    let constraints = relation
        .constraints
        .iter()
        .map(|found| ("constraint", found.name.clone()));
    let indexes = relation.indexes.iter().map(|found| ("index", found.name.clone()));
    let triggers = relation
        .triggers
        .iter()
        .map(|found| ("trigger", found.name.clone()));
    let policies = relation
        .policies
        .iter()
        .map(|found| ("policy", found.name.clone()));
    constraints
        .chain(indexes)
        .chain(triggers)
        .chain(policies)
        .collect()
}

/// What the generated file makes on the table, by the beginnings of its statements.
fn generated(text: &str, table: &str) -> BTreeSet<Thing> {
    let mut things = BTreeSet::new();
    let mut is_inside = false;
    let mut trigger = None;
    for line in text.lines().map(str::trim_start) {
        if let Some(behind) = line.strip_prefix("CREATE TABLE IF NOT EXISTS ") {
            is_inside = behind.strip_suffix(" (") == Some(table);
        }
        is_inside &= !line.starts_with("COMMENT ") && !line.starts_with("DO ");
        if let (true, Some(behind)) = (is_inside, line.strip_prefix("CONSTRAINT ")) {
            things.insert(("constraint", word(behind)));
        }
        let on_table = |behind: &str| behind.contains(&format!(" ON {table} "));
        for (begin, kind) in [
            ("CREATE INDEX ", "index"),
            ("CREATE UNIQUE INDEX ", "index"),
            ("CREATE POLICY ", "policy"),
        ] {
            if let Some(behind) = line.strip_prefix(begin).filter(|behind| on_table(behind)) {
                things.insert((kind, word(behind)));
            }
        }
        if let Some(behind) = line.strip_prefix("CREATE TRIGGER ") {
            trigger = Some(word(behind));
        } else if line.starts_with("BEFORE ")
            && let Some(name) = trigger.take()
            && (on_table(line) || line.ends_with(&format!(" ON {table}")))
        {
            things.insert(("trigger", name));
        }
    }
    things
}

fn word(text: &str) -> String {
    text.split(' ')
        .next()
        .unwrap_or_default()
        .trim_matches('"')
        .to_owned()
}
