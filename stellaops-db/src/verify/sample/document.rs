//! A good document of any shape: its required members, and the optional ones that have an example.

use serde_json::{Map, Value, json};
use stellaops_db_spec::model::{Item, Literal, Member, MemberType, Shape};

/// A document of the shape; of a choice, its first alternative.
///
/// # Errors
/// The member that has a pattern, or fewer words than items, and no `example`, in words.
pub fn sample(shape: &Shape) -> Result<Value, String> {
    let document = shape.documents()[0];
    let mut members = Map::new();
    if let Some(version) = document.version() {
        members.insert("schemaVersion".into(), version.into());
    }
    for member in document.members() {
        if !member.optional || member.example.is_some() {
            let made = value(member)
                .map_err(|fault| format!("{}.{}: {fault}", document.qualified(), member.name))?;
            members.insert(member.name.clone(), made);
        }
    }
    Ok(Value::Object(members))
}

fn value(member: &Member) -> Result<Value, String> {
    if let Some(example) = &member.example {
        return Ok(literal(example));
    }
    match member.member_type {
        MemberType::Text | MemberType::Integer | MemberType::Boolean | MemberType::Object => item(member, 0),
        MemberType::List(_) | MemberType::Set => {
            let number = member.min_length.unwrap_or(0);
            let items: Result<Vec<Value>, String> =
                (0..number).map(|position| item(member, position)).collect();
            items.map(Value::Array)
        }
        MemberType::Map(_) => Ok(json!({})),
    }
}

fn item(member: &Member, position: i64) -> Result<Value, String> {
    Ok(match (member.member_type.item(), &member.shape) {
        (Item::Object, Some(part)) => sample(part)?,
        (Item::Object, None) => json!({}),
        (Item::Integer, _) => json!(integer(member)),
        (Item::Boolean, _) => json!(true),
        (Item::Text, _) => json!(text(member, position)?),
    })
}

fn text(member: &Member, position: i64) -> Result<String, String> {
    if member.pattern.is_some() {
        return Err("has a pattern and no `example`".into());
    }
    if !member.values.is_empty() {
        let mut words = member.values.clone();
        words.sort();
        return usize::try_from(position)
            .ok()
            .and_then(|position| words.get(position).cloned())
            .ok_or_else(|| "has fewer words than items".into());
    }
    if member.member_type != MemberType::Text {
        return Ok(format!("item-{position}"));
    }
    let mut text = member.name.clone();
    while member.min_length.is_some_and(|least| (text.len() as i64) < least) {
        text.push_str(" and more");
    }
    if let Some(greatest) = member
        .max_length
        .and_then(|greatest| usize::try_from(greatest).ok())
    {
        text.truncate(greatest);
    }
    Ok(text)
}

fn integer(member: &Member) -> i64 {
    let value = member.min.unwrap_or(1);
    member.max.map_or(value, |greatest| value.min(greatest))
}

fn literal(literal: &Literal) -> Value {
    match literal {
        Literal::Text(text) | Literal::EnumValue(text) => json!(text),
        Literal::Integer(number) => json!(number),
        Literal::Boolean(truth) => json!(truth),
        Literal::TextList(texts) => json!(texts),
    }
}
