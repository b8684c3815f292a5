//! The lock: what it remembers, and changes that it allows.

mod support;

use stellaops_db_spec::generate::outputs;
use stellaops_db_spec::load_sources;

use support::{good, sources};

const THINGS: &str = r#"
summary = "A thing."
tenancy = "tenant"

[columns.id]
type = "uuid"
default = "uuid_v7"
doc = "Made by the client."

[columns.status]
enum = "thing_status"
default = "open"

[columns.payload]
shape = "thing_payload"
nullable = true
paths = [{ column = "digest", path = "digest", type = "text", doc = "The digest." }]

[enums.thing_status]
doc = "How far the thing is."
storage = "smallint"
values = { open = 0, done = 1 }
retired = { held = 2 }

[shapes.thing_payload]
doc = "What it is."
version = "app.thing@1"
unknown = "keep"

[shapes.thing_payload.members.digest]
type = "text"

[shapes.thing_payload.members.source]
type = "object"
shape = "origin"
optional = true

[shapes.origin]
doc = "Where it comes from."
part = true

[shapes.origin.members.name]
type = "text"

[[waivers]]
rule = "SDB0432"
why = "the test reads its lock only"
"#;

/// The lock of the good database with these things in it, held against an earlier lock.
fn lock(things: &str, earlier: Option<&str>) -> Result<String, String> {
    let mut texts = good();
    texts.insert("specs/app/things.toml".into(), things.into());
    if let Some(earlier) = earlier {
        texts.insert("generated/specs.lock".into(), earlier.into());
    }
    let database = load_sources(&sources(&texts)).map_err(|report| report.to_string())?;
    let mut files = outputs(&database).into_iter();
    let lock = files.find(|file| file.path == "specs.lock");
    Ok(lock.expect("the lock is generated").text)
}

#[test]
fn the_lock_has_a_line_for_each_fact() {
    insta::assert_snapshot!(lock(THINGS, None).unwrap());
}

#[test]
fn specs_fit_the_lock_that_they_gave() {
    let first = lock(THINGS, None).unwrap();
    assert_eq!(lock(THINGS, Some(&first)).unwrap(), first);
}

#[test]
fn what_leaves_stored_rows_readable_fits() {
    let first = lock(THINGS, None).unwrap();
    for (what, from, to) in [
        ("a new value", "done = 1 }", "done = 1, lost = 3 }"),
        (
            "a retired value",
            "values = { open = 0, done = 1 }\nretired = { held = 2 }",
            "values = { open = 0 }\nretired = { held = 2, done = 1 }",
        ),
        (
            "a new optional member",
            "[shapes.thing_payload.members.source]",
            "[shapes.thing_payload.members.tag]\ntype = \"text\"\noptional = true\n\n[shapes.thing_payload.members.source]",
        ),
        (
            "a member that becomes optional",
            "[shapes.origin.members.name]\ntype = \"text\"",
            "[shapes.origin.members.name]\ntype = \"text\"\noptional = true",
        ),
        ("another version", "app.thing@1", "app.thing@2"),
    ] {
        let changed = THINGS.replace(from, to);
        assert_ne!(changed, THINGS, "{what}");
        let second = lock(&changed, Some(&first)).unwrap_or_else(|report| panic!("{what}: {report}"));
        assert_ne!(second, first, "{what}");
    }
}

#[test]
fn a_part_belongs_to_the_documents_that_hold_it() {
    let first = lock(THINGS, None).unwrap();
    let changed = THINGS.replace(
        "[shapes.origin.members.name]\ntype = \"text\"",
        "[shapes.origin.members.name]\ntype = \"integer\"",
    );
    let report = lock(&changed, Some(&first)).expect_err("the type of a member changed");
    assert!(
        report.contains("error[SDB0644]: the member `source.name` was text, and is integer now"),
        "{report}"
    );
}

#[test]
fn a_lock_that_is_no_toml_is_told() {
    let report = lock(THINGS, Some("<<<<<<< HEAD\n")).expect_err("a conflict is no lock");
    assert!(report.contains("generated/specs.lock:1:1"), "{report}");
}
