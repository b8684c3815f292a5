//! The example of a member is a value that the member takes.

use crate::check::context::Context;
use crate::model::{Item, Literal, Member, MemberType};
use crate::rule;
use crate::syntax::{Node, Value};

/// The example, if it is a good one. A pattern is not tried: its language is the database's.
pub(super) fn check_example(context: &mut Context<'_>, node: &Node, member: &Member) -> Option<Literal> {
    let written = node.get("example")?;
    match literal(written, member) {
        Ok(literal) => Some(literal),
        Err(help) => {
            let message = format!("this is no value of the member `{}`", member.name);
            context.push(rule::MEMBER_EXAMPLE, written.span, message, help);
            None
        }
    }
}

/// The literal, or how to mend it.
fn literal(written: &Node, member: &Member) -> Result<Literal, String> {
    match (&written.value, member.member_type) {
        (Value::String(text), MemberType::Text) => {
            is_word(member, text)?;
            is_within(
                text.chars().count(),
                member.min_length,
                member.max_length,
                "characters",
            )?;
            Ok(Literal::Text(text.clone()))
        }
        (Value::Integer(number), MemberType::Integer) => {
            is_between(*number, member.min, member.max, "")?;
            Ok(Literal::Integer(*number))
        }
        (Value::Boolean(value), MemberType::Boolean) => Ok(Literal::Boolean(*value)),
        (Value::List(items), MemberType::List(Item::Text) | MemberType::Set) => text_list(items, member),
        (_, MemberType::Map(_) | MemberType::Object | MemberType::List(_)) => {
            Err("remove it: an example is a text, an integer, a boolean, or a list of texts".into())
        }
        (_, MemberType::Set) => Err("write a list of texts".into()),
        (_, member_type) => Err(format!("write a value of type {}", member_type.in_words())),
    }
}

fn text_list(items: &[Node], member: &Member) -> Result<Literal, String> {
    let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(Into::into)).collect();
    let Some(texts) = texts else {
        return Err("write texts only".into());
    };
    for text in &texts {
        is_word(member, text)?;
    }
    if member.member_type == MemberType::Set && !texts.windows(2).all(|pair| pair[0] < pair[1]) {
        return Err("sort the texts by bytes, and write each once".into());
    }
    is_within(texts.len(), member.min_length, member.max_length, "items")?;
    Ok(Literal::TextList(texts))
}

fn is_word(member: &Member, text: &str) -> Result<(), String> {
    if member.values.is_empty() || member.values.iter().any(|value| value == text) {
        return Ok(());
    }
    Err(format!("choose from `values`: {}", member.values.join(", ")))
}

fn is_within(length: usize, least: Option<i64>, greatest: Option<i64>, unit: &str) -> Result<(), String> {
    is_between(i64::try_from(length).unwrap_or(i64::MAX), least, greatest, unit)
}

fn is_between(size: i64, least: Option<i64>, greatest: Option<i64>, unit: &str) -> Result<(), String> {
    let unit = if unit.is_empty() {
        String::new()
    } else {
        format!(" {unit}")
    };
    match (least, greatest) {
        (Some(least), _) if size < least => Err(format!("it has to be at least {least}{unit}")),
        (_, Some(greatest)) if size > greatest => Err(format!("it may be at most {greatest}{unit}")),
        _ => Ok(()),
    }
}
