//! JSONB shapes as conditions: what a document must look like.
//!
//! Every operator here is immutable and none of them raises, whatever the document is: a bad one is
//! refused by the constraint's name. Where an operator answers NULL, the caller's `IS TRUE` refuses.

use crate::ddl::check::range;
use crate::ddl::json_path::{Location, out_of_range, wrong_size, wrong_value};
use crate::ddl::part::{self, holds_nothing};
use crate::ddl::writer::Lines;
use crate::model::{Column, Member, MemberType, Shape, Unknown, quote_literal};

/// The condition on a column of the shape; false for a bad document, never NULL.
pub(super) fn condition(column: &Column, shape: &Shape) -> Lines {
    let value = column.sql_name();
    let case = if column.nullable {
        format!("{value} IS NULL OR CASE {value} ->> 'schemaVersion'")
    } else {
        format!("CASE {value} ->> 'schemaVersion'")
    };
    let mut alternatives = Lines::default();
    for document in shape.stored_documents() {
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
    match member.member_type {
        MemberType::Text => conditions.extend(text_conditions(value, member)),
        MemberType::Integer => {
            // Digits only: 1.0 is equal to 1 and no integer to a reader.
            conditions.push(if_there(
                member,
                format!("({value} ->> {name}) COLLATE \"C\" ~ '^-?[0-9]+$'"),
            ));
            let range = out_of_range(member, "@");
            conditions.push(holds_nothing(value, &Location::default().at(member), &range));
        }
        MemberType::List(_) | MemberType::Set | MemberType::Map(_) => {
            conditions.extend(item_conditions(value, member));
        }
        MemberType::Boolean | MemberType::Object => {}
    }
    conditions.extend(part::conditions(value, &Location::default(), member));
    conditions
}

fn text_conditions(value: &str, member: &Member) -> Vec<String> {
    let text = format!("({value} ->> {})", quote_literal(&member.name));
    let mut conditions = Vec::new();
    if !member.values.is_empty() {
        let words: Vec<String> = member.values.iter().map(|word| quote_literal(word)).collect();
        conditions.push(format!("{text} COLLATE \"C\" IN ({})", words.join(", ")));
    }
    if let Some(pattern) = &member.pattern {
        conditions.push(format!("{text} COLLATE \"C\" ~ {}", quote_literal(pattern)));
    }
    let length = format!("char_length{text}");
    conditions.extend(range(&length, member.min_length, member.max_length));
    conditions
        .into_iter()
        .map(|condition| if_there(member, condition))
        .collect()
}

fn item_conditions(value: &str, member: &Member) -> Vec<String> {
    let document = Location::default();
    let wrong = wrong_value(member, "@").join(" || ");
    let mut conditions = vec![holds_nothing(value, &document.inside(member), &wrong)];
    if let Some(wrong) = wrong_size(member, "@") {
        conditions.push(holds_nothing(value, &document.at(member), &wrong));
    }
    conditions.extend(part::text_conditions(value, &document, member));
    conditions.extend(part::integer_digits(value, &document, member));
    conditions
}

/// An absent member fulfils whatever is asked of it.
fn if_there(member: &Member, condition: String) -> String {
    if member.optional {
        format!("coalesce({condition}, true)")
    } else {
        condition
    }
}
