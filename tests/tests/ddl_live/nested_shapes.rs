//! Parts inside documents: every form of a member, at the top, inside, and twice inside; each kind of
//! bad value is refused by the constraint's name, never by another error.

use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::shop::*;

/// A good value for each form of a member, as the top of the document and the part `forms` have them.
fn forms() -> Value {
    json!({
        "word": "a \"b\" \\c 'd'", "short": "äöü", "code": "a1", "number": -1, "flag": false,
        "words": ["red", "red"], "codes": ["a1"], "numbers": [0, 9_223_372_036_854_775_807_i64], "flags": [true],
        "things": [{}, {"x": null}], "tags": ["B", "a", "ab", "ä"], "colours": ["blue", "red"],
        "labels": {"k": "a1"}, "shades": {"k": "red"}, "counts": {"k": -3}, "switches": {"k": true},
        "boxes": {"k": {"x": 1.5}}, "free": {"x": [null, 1.0]}, "loose": {"name": "x", "more": [1.5]},
    })
}

/// Documents in which the members are those of `forms`: at the top, once inside, and twice inside.
fn documents(forms: &Value) -> Vec<Value> {
    let mut top = forms.clone();
    top["schemaVersion"] = json!("shop.nested@1");
    let mut documents = vec![top];
    documents.extend(documents_around(forms));
    documents
}

/// Good documents around a part: once inside, and twice inside in two ways, each beside good ones.
fn documents_around(part: &Value) -> [Value; 3] {
    let good = forms();
    let with = |name: &str, value: Value| {
        let mut document = good.clone();
        document["schemaVersion"] = json!("shop.nested@1");
        document[name] = value;
        document
    };
    let group = json!({ "by_key": {}, "first": good });
    [
        with("one", part.clone()),
        with("groups", json!([group, { "by_key": { "j": good, "k": part } }])),
        with(
            "groups",
            json!([{ "by_key": {} }, { "by_key": { "k": good }, "first": part }, group]),
        ),
    ]
}

fn update(document: &Value) -> String {
    let literal = document.to_string().replace('\'', "''");
    format!("UPDATE shop.orders SET extra = '{literal}'")
}

async fn write(connection: &mut PgConnection, document: &Value) -> Result<(), sqlx::Error> {
    run(connection, update(document)).await
}

#[tokio::test]
async fn good_parts_are_accepted_at_every_depth() {
    for server in servers().await {
        let database = shop(server).await;
        let mut connection = database.connect().await.unwrap();
        let mut optional = forms();
        optional["note"] = json!("z9");
        optional["limit"] = json!(5);
        optional["extras"] = json!(["", ""]);
        optional["more"] = json!([]);
        let mut least = forms();
        for list in ["codes", "numbers", "flags", "things", "tags"] {
            least[list] = json!([]);
        }
        for map in ["labels", "shades", "counts", "switches", "boxes", "free"] {
            least[map] = json!({});
        }
        for document in [forms(), optional, least].iter().flat_map(documents) {
            let written = write(&mut connection, &document).await;
            written.unwrap_or_else(|error| panic!("{document}: {error}"));
        }
    }
}

/// As a restored dump is filled, and by a role that may call nothing of `stellaops` by its name.
#[tokio::test]
async fn parts_are_checked_for_the_application_without_a_search_path() {
    for server in servers().await {
        let database = shop(server).await;
        let mut connection = connect(&database, "ddl_app").await;
        run(&mut connection, "SET search_path = ''").await.unwrap();
        let [good, ..] = documents_around(&forms());
        assert_eq!(try_as(&mut connection, "a", &update(&good)).await.unwrap(), 1);
        let mut bad = good;
        bad["one"]["tags"] = json!(["b", "a"]);
        let refused = try_as(&mut connection, "a", &update(&bad)).await;
        assert_eq!(constraint(refused), "ck_orders_extra");
    }
}

#[tokio::test]
async fn each_kind_of_bad_member_is_refused_at_every_depth() {
    for server in servers().await {
        let database = shop(server).await;
        let mut connection = database.connect().await.unwrap();
        for (member, values) in bad_values() {
            for value in values {
                let mut bad = forms();
                bad[member] = value;
                refuse_all(&mut connection, &bad).await;
            }
        }
        for member in forms().as_object().unwrap().keys() {
            let mut bad = forms();
            bad.as_object_mut().unwrap().remove(member);
            refuse_all(&mut connection, &bad).await;
            for value in [json!(null), json!([[]]), json!({ "x": {} })] {
                // The two that a free object and a list of objects take.
                if (member == "free" || member == "boxes") && value.is_object() {
                    continue;
                }
                bad[member] = value;
                refuse_all(&mut connection, &bad).await;
            }
        }
    }
}

#[tokio::test]
async fn a_part_without_members_is_empty() {
    for server in servers().await {
        let database = shop(server).await;
        let mut connection = database.connect().await.unwrap();
        let mut document = documents(&forms())[0].clone();
        document["nothing"] = json!({});
        write(&mut connection, &document).await.unwrap();
        for bad in [json!({ "x": 1 }), json!([]), json!(null)] {
            document["nothing"] = bad;
            refuse(&mut connection, &document).await;
        }
    }
}

#[tokio::test]
async fn what_is_no_part_is_refused() {
    for server in servers().await {
        let database = shop(server).await;
        let mut connection = database.connect().await.unwrap();
        let good = forms();
        let no_objects = [
            json!(null),
            json!(1),
            json!("x"),
            json!(true),
            json!([]),
            json!([good]),
            json!([[good]]),
        ];
        for value in no_objects {
            for document in documents_around(&value) {
                refuse(&mut connection, &document).await;
            }
        }
        for groups in [
            json!({}),
            json!([[]]),
            json!([null]),
            json!([{}]),
            json!([{ "by_key": [] }]),
            json!([{ "by_key": {}, "other": 1 }]),
        ] {
            let mut document = documents(&good)[0].clone();
            document["groups"] = groups;
            refuse(&mut connection, &document).await;
        }
    }
}

async fn refuse_all(connection: &mut PgConnection, forms: &Value) {
    for document in documents(forms) {
        refuse(connection, &document).await;
    }
}

async fn refuse(connection: &mut PgConnection, document: &Value) {
    let name = constraint(write(connection, document).await);
    assert_eq!(name, "ck_orders_extra", "{document}");
}

/// The members of `forms` with what they do not take.
fn bad_values() -> Vec<(&'static str, Vec<Value>)> {
    let beyond: Value = serde_json::from_str("9223372036854775808").expect("a number is JSON");
    vec![
        (
            "word",
            vec![json!("blue"), json!(""), json!(1), json!("Red"), json!(["red"])],
        ),
        ("short", vec![json!("a"), json!("äöüß"), json!(12)]),
        (
            "code",
            vec![json!("A1"), json!("a1\n"), json!("a"), json!(["a1"])],
        ),
        (
            "number",
            vec![
                json!(-2),
                json!(11),
                json!(1.5),
                json!(1.0),
                json!("1"),
                beyond.clone(),
            ],
        ),
        ("flag", vec![json!("true"), json!(0)]),
        (
            "words",
            vec![
                json!(["green"]),
                json!([]),
                json!(["red", "red", "red", "red"]),
                json!("red"),
                json!([1]),
                json!({"k": "red"}),
            ],
        ),
        (
            "codes",
            vec![json!(["a1", "a"]), json!([1]), json!([["a1"]]), json!([null])],
        ),
        (
            "numbers",
            vec![
                json!([1, -1]),
                json!([1.0]),
                json!([1.5]),
                json!(["1"]),
                json!([beyond]),
                json!([[1]]),
            ],
        ),
        ("flags", vec![json!([0]), json!([true, true, true])]),
        ("things", vec![json!([[]]), json!(["{}"]), json!({})]),
        (
            "tags",
            vec![
                json!(["a", "B"]),
                json!(["a", "a"]),
                json!(["ä", "z"]),
                json!(["a", "b", "c", "d", "e"]),
                json!(["a", "1"]),
                json!([1]),
                json!([["a"]]),
                json!("a"),
            ],
        ),
        (
            "colours",
            vec![json!(["red", "blue"]), json!(["blue", "green"]), json!([])],
        ),
        (
            "labels",
            vec![
                json!({"k": "a1", "l": "a"}),
                json!({"k": 1}),
                json!({"k": ["a1"]}),
                json!(["a1"]),
            ],
        ),
        ("shades", vec![json!({"k": "green"}), json!({"k": null})]),
        (
            "counts",
            vec![json!({"k": 6}), json!({"k": 1.0}), json!({"k": "1"}), json!([1])],
        ),
        ("switches", vec![json!({"k": "true"})]),
        ("boxes", vec![json!({"k": []}), json!({"k": 1})]),
        ("free", vec![json!([]), json!("{}")]),
        (
            "loose",
            vec![json!({}), json!({"name": 1}), json!("x"), json!({"more": "x"})],
        ),
        ("note", vec![json!("a"), json!(1), json!(null)]),
        (
            "limit",
            vec![json!(6), json!(-1), json!(1.0), json!("1"), json!(null)],
        ),
        ("extras", vec![json!([]), json!("x"), json!(null)]),
        ("more", vec![json!(["b", "a"]), json!(null)]),
        ("unknown", vec![json!(1), json!(null)]),
    ]
}
