//! The JSON Schema says what the checker's own tables say, and takes every good spec.

mod support;

use std::path::Path;

use serde_json::{Map, Value as Json, json};
use stellaops_db_spec::diagnostic::Diagnostics;
use stellaops_db_spec::doc::json_schema::json_schema;
use stellaops_db_spec::doc::{SpecFile, editor_associations};
use stellaops_db_spec::source::{LOCK_FILE, Sources};
use stellaops_db_spec::syntax::keys::{Key, Kind};
use stellaops_db_spec::syntax::{Node, Value, parse};

#[test]
fn every_spec_of_the_project_has_the_form_of_its_schema() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let sources = Sources::read(&folder).expect("the project has specs");
    assert!(
        sources.files().len() > 2,
        "the specs of the project were not found"
    );
    for file in sources
        .files()
        .iter()
        .filter(|file| file.path.as_ref() != LOCK_FILE)
    {
        assert_eq!(
            faults(&file.path, &file.text),
            Vec::<String>::new(),
            "{}",
            file.path
        );
    }
}

#[test]
fn the_schema_refuses_what_the_form_refuses() {
    // What the reader of TOML refuses never reaches a schema; the version is no matter of form.
    for case in support::cases() {
        let form = ["SDB0002", "SDB0003", "SDB0004", "SDB0005", "SDB0006"].contains(&case.code());
        if form {
            let found: usize = case
                .texts
                .iter()
                .map(|(path, text)| faults(path, text).len())
                .sum();
            assert!(found > 0, "the schema takes {}", case.name);
        }
    }
}

#[test]
fn the_schema_takes_the_good_database() {
    for (path, text) in support::good() {
        assert_eq!(faults(&path, &text), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn every_key_is_documented_and_in_the_schema_of_its_file() {
    for file in SpecFile::ALL {
        let schema = schema(file);
        assert_documented(file.keys(), &schema, &format!("{file:?}"));
    }
}

#[test]
fn the_schema_is_the_same_every_time_and_needs_no_other_document() {
    for file in SpecFile::ALL {
        let text = json_schema(file);
        assert_eq!(text, json_schema(file));
        assert!(text.ends_with("}\n"));
        assert!(!text.contains("$ref"), "{file:?} refers to another part");
    }
}

#[test]
fn editors_find_the_schema_of_every_spec_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.taplo.toml");
    let found = std::fs::read_to_string(path).expect("the project has a .taplo.toml");
    assert_eq!(
        found,
        editor_associations(),
        "write .taplo.toml anew from `editor_associations()`"
    );
    for file in SpecFile::ALL {
        assert!(found.contains(&format!("generated/{}", file.schema_name())));
    }
}

/// What the schema of the file's kind says about a text.
fn faults(path: &str, text: &str) -> Vec<String> {
    let file = match path.rsplit('/').next() {
        Some("database.toml") => SpecFile::Database,
        Some("schema.toml") => SpecFile::Schema,
        _ => SpecFile::Table,
    };
    let mut diagnostics = Diagnostics::new();
    let root = parse(0, text, &mut diagnostics);
    assert!(!root.faulty, "{path} is no TOML");
    let validator = jsonschema::draft202012::new(&schema(file)).expect("the schema is one");
    let instance = to_json(&root);
    validator
        .iter_errors(&instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn schema(file: SpecFile) -> Json {
    let schema = serde_json::from_str(&json_schema(file)).expect("the schema is JSON");
    assert!(jsonschema::draft202012::meta::is_valid(&schema), "{file:?}");
    schema
}

fn to_json(node: &Node) -> Json {
    match &node.value {
        Value::String(text) => json!(text),
        Value::Integer(number) => json!(number),
        Value::Boolean(value) => json!(value),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Table(entries) => {
            let entries = entries
                .iter()
                .map(|entry| (entry.key.clone(), to_json(&entry.node)));
            Json::Object(entries.collect::<Map<_, _>>())
        }
        Value::Other(_) => json!(0.5),
    }
}

fn assert_documented(keys: &[Key], schema: &Json, place: &str) {
    assert_eq!(schema["additionalProperties"], json!(false), "{place}");
    for key in keys {
        let place = format!("{place}.{}", key.name);
        let property = &schema["properties"][key.name];
        assert!(
            key.doc.ends_with('.'),
            "{place} has no whole sentence: {}",
            key.doc
        );
        let description = property["description"].as_str().unwrap_or_default();
        assert!(
            description.starts_with(key.doc),
            "{place} is described as {description:?}"
        );
        let required = schema["required"]
            .as_array()
            .is_some_and(|names| names.contains(&json!(key.name)));
        assert_eq!(required, key.required, "{place}");
        match key.kind {
            Kind::Word(words) => {
                for word in words {
                    assert!(word.doc.ends_with('.'), "{place} = {} says nothing", word.name);
                    assert!(description.contains(word.doc), "{place} = {}", word.name);
                }
                let names: Vec<Json> = words.iter().map(|word| json!(word.name)).collect();
                assert_eq!(property["enum"], Json::Array(names), "{place}");
            }
            Kind::Table(_, keys) => assert_documented(keys, property, &place),
            Kind::TableList(_, keys) => assert_documented(keys, &property["items"], &place),
            Kind::TableMap(_, keys) => assert_documented(keys, &property["additionalProperties"], &place),
            _ => {}
        }
    }
}
