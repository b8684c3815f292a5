//! A good document of any shape: its required members, and the optional ones that have an example.

use serde_json::{Map, Value, json};
use stellaops_db_spec::model::{Item, Member, MemberType, Shape};

/// A document of the shape; of a choice, its first alternative.
pub(crate) fn sample(shape: &Shape) -> Result<Value, String> {
    let document = shape.documents()[0];
    let mut members = Map::new();
    if let Some(version) = document.version() {
        members.insert("schemaVersion".into(), version.into());
    }
    for member in document.members().iter().filter(|member| !member.optional) {
        members.insert(member.name.clone(), value(document, member)?);
    }
    Ok(Value::Object(members))
}

fn value(shape: &Shape, member: &Member) -> Result<Value, String> {
    Ok(match member.member_type {
        MemberType::Text => text(shape, member)?,
        MemberType::Integer => json!(1),
        MemberType::Boolean => json!(true),
        MemberType::List(item) => json!([self::item(item)]),
        MemberType::Map(item) => json!({ "key": self::item(item) }),
        MemberType::Object => json!({}),
    })
}

fn text(shape: &Shape, member: &Member) -> Result<Value, String> {
    match member.pattern {
        Some(_) => Err(format!(
            "{}.{} has a pattern and no `example`",
            shape.qualified(),
            member.name
        )),
        None => Ok(json!(member.name)),
    }
}

fn item(item: Item) -> Value {
    match item {
        Item::Text => json!("item"),
        Item::Integer => json!(1),
        Item::Boolean => json!(false),
        Item::Object => json!({}),
    }
}
