//! A document that is read from its text is the one that its tree would give.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{JsonShape, SingleShape, Upgraded, from_tree, upgrade};
use crate::value::{PartMember, ShapeDescriptor};

const fn part(name: &'static str, is_map: bool, part: &'static ShapeDescriptor) -> PartMember {
    PartMember {
        name,
        is_map,
        part: Some(part),
    }
}

const fn shape(versions: &'static [&'static str], parts: &'static [PartMember]) -> ShapeDescriptor {
    ShapeDescriptor {
        name: "app.shape",
        versions,
        members: None,
        fields: &[],
        parts,
    }
}

const NOTE: ShapeDescriptor = ShapeDescriptor {
    members: Some(&["name", "count"]),
    ..shape(&[], &[])
};
const STEP: ShapeDescriptor = ShapeDescriptor {
    members: Some(&["name", "kind", "note", "notes"]),
    ..shape(&[], &[part("note", false, &NOTE), part("notes", false, &NOTE)])
};
/// A part with undeclared members, which holds parts without them.
const OPEN_STEP: ShapeDescriptor = shape(&[], &[part("note", false, &NOTE)]);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    name: String,
    count: Option<u8>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Wait,
    Call(i64),
    Send { name: String },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Step {
    name: String,
    kind: Option<Kind>,
    note: Option<Box<Note>>,
    notes: Option<Vec<Note>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct OpenStep {
    name: Option<Json>,
    note: Option<Note>,
}

/// Each way of holding parts, and no undeclared members.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    steps: Vec<Step>,
    by_key: Option<BTreeMap<String, Step>>,
    first: Option<Step>,
    open: Option<OpenStep>,
    free: Option<BTreeMap<String, Json>>,
    words: Option<BTreeSet<String>>,
    count: Option<u8>,
}

/// Undeclared members, which are kept.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    name: String,
    note: Option<Note>,
    #[serde(flatten)]
    rest: BTreeMap<String, Json>,
}

/// Undeclared members, which the shape lets be and the type refuses; and a former version.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    name: String,
    count: Option<u8>,
}

impl SingleShape for Plan {
    const SHAPE: &'static ShapeDescriptor = &ShapeDescriptor {
        members: Some(&["steps", "byKey", "first", "open", "free", "words", "count"]),
        ..shape(
            &["app.plan@2"],
            &[
                part("steps", false, &STEP),
                part("byKey", true, &STEP),
                part("first", false, &STEP),
                part("open", false, &OPEN_STEP),
            ],
        )
    };
}

impl SingleShape for Kept {
    const SHAPE: &'static ShapeDescriptor = &shape(&["app.kept@1"], &[part("note", false, &NOTE)]);
}

impl SingleShape for Plain {
    const SHAPE: &'static ShapeDescriptor = &shape(&["app.plain@2", "app.kept@1"], &[]);

    fn upgrade(version: &str, document: Json) -> Upgraded<Self> {
        upgrade::<Kept, Self>(version, document)
    }
}

impl From<Kept> for Plain {
    fn from(kept: Kept) -> Self {
        Plain {
            name: kept.name,
            count: None,
        }
    }
}

/// A JSON value whose members keep their order.
#[derive(Debug, Clone)]
enum Node {
    Text(&'static str),
    List(Vec<Node>),
    Object(Vec<(&'static str, Node)>),
}

impl Node {
    fn write(&self, text: &mut String) {
        let mut between = "";
        let mut next = |text: &mut String| text.push_str(std::mem::replace(&mut between, ", "));
        match self {
            Node::Text(value) => text.push_str(value),
            Node::List(items) => {
                text.push('[');
                for item in items {
                    next(text);
                    item.write(text);
                }
                text.push(']');
            }
            Node::Object(members) => {
                text.push('{');
                let mut known = BTreeSet::new();
                for (name, value) in members.iter().filter(|(name, _)| known.insert(*name)) {
                    next(text);
                    text.push_str(&format!("\"{name}\": "));
                    value.write(text);
                }
                text.push('}');
            }
        }
    }
}

const LEAVES: &[&str] = &[
    "null",
    "true",
    "0",
    "7",
    "-1",
    "300",
    "1.5",
    "-0.0",
    "1e3",
    "18446744073709551616",
    "\"wait\"",
    "\"\"",
    r#""\u00e9\"\\""#,
    "\"ä\"",
    r#""\"schemaVersion\": \"app.plan@2\"""#,
    "\"app.plan@2\"",
];

fn leaf() -> BoxedStrategy<Node> {
    prop::sample::select(LEAVES).prop_map(Node::Text).boxed()
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(
        &[
            "name",
            "count",
            "kind",
            "note",
            "notes",
            "steps",
            "byKey",
            "first",
            "schemaVersion",
            "color",
            r"n\u0061me",
            r"schemaV\u0065rsion",
            "call",
        ][..],
    )
}

fn any_value() -> BoxedStrategy<Node> {
    leaf()
        .prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..3).prop_map(Node::List),
                vec((name(), inner), 0..4).prop_map(Node::Object),
            ]
        })
        .boxed()
}

/// Mostly what is meant, and now and then anything.
fn mostly(meant: impl Strategy<Value = Node> + 'static) -> BoxedStrategy<Node> {
    prop_oneof![19 => meant, 1 => any_value()].boxed()
}

/// Members in any order; now and then one more.
fn object(members: Vec<(&'static str, BoxedStrategy<Node>)>) -> BoxedStrategy<Node> {
    let chosen: Vec<_> = members
        .into_iter()
        .map(|(name, value)| prop::option::weighted(0.8, value.prop_map(move |value| (name, value))))
        .collect();
    let more = prop::option::weighted(0.04, (name(), any_value()));
    (chosen, more)
        .prop_map(|(members, more)| members.into_iter().flatten().chain(more).collect::<Vec<_>>())
        .prop_shuffle()
        .prop_map(Node::Object)
        .boxed()
}

fn text() -> BoxedStrategy<Node> {
    mostly(Just(Node::Text("\"wait\"")))
}

fn count() -> BoxedStrategy<Node> {
    mostly(prop::sample::select(&["0", "7", "255", "null"][..]).prop_map(Node::Text))
}

fn note() -> BoxedStrategy<Node> {
    mostly(object(vec![("name", text()), ("count", count())]))
}

fn step() -> BoxedStrategy<Node> {
    let one =
        |name, value: BoxedStrategy<Node>| value.prop_map(move |value| Node::Object(vec![(name, value)]));
    let kind = prop_oneof![
        text(),
        one("call", count()),
        one("send", object(vec![("name", text())])),
    ];
    let notes = vec(note(), 0..3).prop_map(Node::List);
    mostly(object(vec![
        ("name", text()),
        ("kind", mostly(kind)),
        ("note", note()),
        ("notes", mostly(notes)),
    ]))
}

fn document() -> BoxedStrategy<Node> {
    let version = prop_oneof![
        2 => Just(Node::Text("\"app.plan@2\"")),
        2 => Just(Node::Text("\"app.kept@1\"")),
        1 => Just(Node::Text("\"app.plain@2\"")),
        1 => any_value(),
    ];
    let by_key = vec((name(), step()), 0..3).prop_map(Node::Object);
    let free = vec((name(), any_value()), 0..3).prop_map(Node::Object);
    let version = ("schemaVersion", version.boxed());
    let plan = object(vec![
        version.clone(),
        ("steps", mostly(vec(step(), 0..3).prop_map(Node::List))),
        ("byKey", mostly(by_key)),
        ("first", step()),
        (
            "open",
            mostly(object(vec![
                ("name", any_value()),
                ("note", note()),
                ("color", any_value()),
            ])),
        ),
        ("free", mostly(free)),
        ("words", mostly(vec(text(), 0..3).prop_map(Node::List))),
        ("count", count()),
    ]);
    let small = object(vec![
        version.clone(),
        ("name", text()),
        ("count", count()),
        ("note", note()),
        ("color", any_value()),
    ]);
    let smallest = object(vec![version, ("name", text()), ("count", count())]);
    prop_oneof![3 => plan, 2 => small, 2 => smallest, 1 => any_value()].boxed()
}

/// What is read at once is what the tree gives. Says whether it was read at once.
fn agree<T: JsonShape + Debug + PartialEq>(text: &str) -> Result<bool, TestCaseError> {
    let Some(read) = T::from_text(text) else {
        return Ok(false);
    };
    match from_tree::<T>(text) {
        Ok(same) => prop_assert_eq!(read, same),
        Err(error) => prop_assert!(false, "the tree is refused: {}", error),
    }
    Ok(true)
}

#[test]
fn what_is_read_at_once_is_what_the_tree_gives() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 4_096,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let read = std::cell::Cell::new([0; 3]);
    let tried = runner.run(&document(), |document| {
        let mut text = String::new();
        document.write(&mut text);
        let ways = [
            agree::<Plan>(&text)?,
            agree::<Kept>(&text)?,
            agree::<Plain>(&text)?,
        ];
        let mut numbers = read.get();
        for (number, was_read) in numbers.iter_mut().zip(ways) {
            *number += u32::from(was_read);
        }
        read.set(numbers);
        Ok(())
    });
    tried.expect("they agree");
    assert!(read.get().iter().all(|number| *number > 0), "{:?}", read.get());
}

#[test]
fn a_document_of_the_present_version_needs_no_tree() {
    let plan = r#"{"first": {"kind": {"call": 1}, "name": "a"}, "steps": [{"name": "b", "note": {"name": "n", "count": 1}}],
        "byKey": {"color": {"name": "c"}}, "free": {"schemaVersion": 1}, "words": ["x"], "schemaVersion": "app.plan@2"}"#;
    assert_eq!(Plan::from_text(plan), from_tree(plan).ok());
    assert!(Plan::from_text(plan).is_some());
    let kept = r#"{"name": "a", "color": {"x": [1, null]}, "schemaVersion": "app.kept@1"}"#;
    assert_eq!(Kept::from_text(kept), from_tree(kept).ok());
    assert!(Kept::from_text(kept).is_some());
}

#[test]
fn a_document_of_a_former_version_is_left_to_its_tree() {
    let former = r#"{"name": "a", "color": 1, "schemaVersion": "app.kept@1"}"#;
    assert_eq!(Plain::from_text(former), None);
    let name = "a".to_owned();
    assert_eq!(from_tree::<Plain>(former).ok(), Some(Plain { name, count: None }));
}

#[cfg(feature = "scheduler")]
#[test]
fn a_choice_is_read_at_once_by_its_own_version_alone() {
    use crate::schema::scheduler::GraphJobPayload;

    let build = |more: &str, version: &str| {
        format!(
            r#"{{"sbomId": "s", "trigger": "t", "metadata": {{{more}}}, "sbomDigest": "d", "sbomVersionId": "v", "schemaVersion": "{version}"}}"#
        )
    };
    let good = build("", "scheduler.graph-build-job@1");
    let read = GraphJobPayload::from_text(&good).expect("it is read at once");
    assert_eq!(Some(read), from_tree(&good).ok());
    for version in ["scheduler.graph-overlay-job@1", "scheduler.graph-build-job@9"] {
        assert_eq!(GraphJobPayload::from_text(&build("", version)), None);
    }
    let misleading = build(
        r#""schemaVersion": "scheduler.graph-overlay-job@1""#,
        "scheduler.graph-build-job@1",
    );
    assert!(GraphJobPayload::from_text(&misleading).is_some());
    // A name that is longer stands behind the version.
    let misleading = good.strip_suffix('}').map(|members| {
        format!(r#"{members}, "aLongerMember": {{"schemaVersion": "scheduler.graph-build-job@1"}}}}"#)
    });
    assert_eq!(misleading.as_deref().and_then(GraphJobPayload::from_text), None);
}
