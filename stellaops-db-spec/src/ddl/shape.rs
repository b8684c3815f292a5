//! JSONB shapes as conditions: what a document must look like.
//!
//! Every operator here is immutable and none of them raises, whatever the document is: a bad one is
//! refused by the constraint's name. Where an operator answers NULL, the caller's `IS TRUE` refuses.

use crate::ddl::writer::Lines;
use crate::model::{Column, Item, Member, MemberType, Shape, Unknown, quote_literal};

/// The condition on a column of the shape; false for a bad document, never NULL.
pub(super) fn condition(column: &Column, shape: &Shape) -> Lines {
    let value = column.sql_name();
    let case = if column.nullable {
        format!("{value} IS NULL OR CASE {value} ->> 'schemaVersion'")
    } else {
        format!("CASE {value} ->> 'schemaVersion'")
    };
    let mut alternatives = Lines::default();
    for document in shape.documents() {
        let version = quote_literal(document.version().unwrap_or_default());
        alternatives = alternatives
            .line(format!("WHEN {version} THEN"))
            .nested(document_condition(&value, document));
    }
    Lines::one(case).nested(alternatives).line("END IS TRUE")
}

fn document_condition(value: &str, document: &Shape) -> Lines {
    let mut conditions = Vec::new();
    if document.members().is_empty() {
        conditions.push(format!("jsonb_typeof({value}) = 'object'"));
    }
    for member in document.members() {
        conditions.extend(member_conditions(value, member));
    }
    if document.unknown() == Unknown::Refuse {
        let names = document
            .members()
            .iter()
            .map(|member| quote_literal(&member.name));
        let names: Vec<String> = std::iter::once("'schemaVersion'".to_owned())
            .chain(names)
            .collect();
        conditions.push(format!("{value} - ARRAY[{}] = '{{}}'", names.join(", ")));
    }
    Lines::all_of(conditions)
}

fn member_conditions(value: &str, member: &Member) -> Vec<String> {
    let name = quote_literal(&member.name);
    let wanted = match member.member_type {
        MemberType::Text => "string",
        MemberType::Integer => "number",
        MemberType::Boolean => "boolean",
        MemberType::List(_) | MemberType::Set => "array",
        MemberType::Map(_) | MemberType::Object => "object",
    };
    // An absent member has no type, and a member that is JSON's null has the type 'null'.
    let kind = format!("jsonb_typeof({value} -> {name})");
    let mut conditions = vec![if member.optional {
        format!("coalesce({kind}, '{wanted}') = '{wanted}'")
    } else {
        format!("{kind} = '{wanted}'")
    }];
    let in_text = |pattern: &str| {
        let matches = format!("({value} ->> {name}) COLLATE \"C\" ~ {}", quote_literal(pattern));
        if member.optional {
            format!("coalesce({matches}, true)")
        } else {
            matches
        }
    };
    match member.member_type {
        MemberType::Text => conditions.extend(member.pattern.as_deref().map(in_text)),
        MemberType::Integer => {
            // Digits only: 1.0 is equal to 1 and no integer to a reader.
            conditions.push(in_text("^-?[0-9]+$"));
            conditions.push(holds_nothing(value, &json_path(member, ""), OUT_OF_RANGE));
        }
        MemberType::List(item) => {
            conditions.push(holds_nothing(value, &json_path(member, "[*]"), wrong_item(item)))
        }
        MemberType::Set => conditions.push(holds_nothing(
            value,
            &json_path(member, "[*]"),
            wrong_item(Item::Text),
        )),
        MemberType::Map(item) => {
            conditions.push(holds_nothing(value, &json_path(member, ".*"), wrong_item(item)))
        }
        MemberType::Boolean | MemberType::Object => {}
    }
    conditions
}

/// Outside the 64 bits of every integer.
const OUT_OF_RANGE: &str = "@ < -9223372036854775808 || @ > 9223372036854775807";

fn wrong_item(item: Item) -> &'static str {
    match item {
        Item::Text => r#"@.type() != "string""#,
        Item::Boolean => r#"@.type() != "boolean""#,
        Item::Object => r#"@.type() != "object""#,
        Item::Integer => {
            r#"@.type() != "number" || @ % 1 != 0 || @ < -9223372036854775808 || @ > 9223372036854775807"#
        }
    }
}

/// Strict, because the lax mode takes arrays apart before it looks at them. Silent, because an absent
/// member is an error to the strict mode; whether it may be absent is decided by its type.
fn holds_nothing(value: &str, path: &str, filter: &str) -> String {
    let path = quote_literal(&format!("strict {path} ? ({filter})"));
    format!("jsonb_path_exists({value}, {path}, silent => true) IS NOT TRUE")
}

fn json_path(member: &Member, items: &str) -> String {
    let name = member.name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("$.\"{name}\"{items}")
}
