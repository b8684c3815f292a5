//! Filters on rows in memory, with SQL's three truth values: what is said of NULL is neither true nor false.

use std::cmp::Ordering;

use serde_json::Value as Json;

use crate::error::Error;
use crate::memory::document;
use crate::memory::expression::{all, any};
use crate::memory::rules::Rules;
use crate::memory::value;
use crate::query::{Comparison, Condition, MemberTest};
use crate::table::TableDescriptor;
use crate::value::{Parameter, ParameterType};

/// The rows that filters look at.
pub(super) struct Filtered<'a> {
    pub(super) table: &'static TableDescriptor,
    pub(super) rules: &'a Rules,
}

impl Filtered<'_> {
    /// Whether a row fulfils all conditions.
    pub(super) fn holds(&self, row: &[Parameter], conditions: &[Condition]) -> Result<bool, Error> {
        let truth = all(conditions.iter().map(|condition| self.truth(row, condition)))?;
        Ok(truth == Some(true))
    }

    fn truth(&self, row: &[Parameter], condition: &Condition) -> Result<Option<bool>, Error> {
        match condition {
            Condition::Compare(column, comparison, value) => {
                self.compare(*column, &row[*column], *comparison, value)
            }
            // Of no value at all it is false, of NULL too.
            Condition::OneOf(column, values) => Ok(any(values
                .iter()
                .map(|other| Ok::<_, Error>(value::equal(&row[*column], other))))?),
            Condition::Null(column) => Ok(Some(ParameterType::is_null(&row[*column]))),
            Condition::NotNull(column) => Ok(Some(!ParameterType::is_null(&row[*column]))),
            Condition::All(conditions) => all(conditions.iter().map(|inner| self.truth(row, inner))),
            Condition::Any(conditions) => any(conditions.iter().map(|inner| self.truth(row, inner))),
            Condition::Not(inner) => Ok(Some(self.truth(row, inner)? != Some(true))),
            Condition::Member(column, path, test) => Ok(match &row[*column] {
                Parameter::Json(Some(text)) => member(document::at(&value::document(text), path), test),
                _ => member(None, test),
            }),
        }
    }

    fn compare(
        &self,
        column: usize,
        own: &Parameter,
        comparison: Comparison,
        other: &Parameter,
    ) -> Result<Option<bool>, Error> {
        if matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            let is_wanted = comparison == Comparison::Equal;
            return Ok(value::equal(own, other).map(|equal| equal == is_wanted));
        }
        match (comparison, own, other) {
            _ if ParameterType::is_null(own) || ParameterType::is_null(other) => Ok(None),
            (Comparison::StartsWith, Parameter::Text(Some(own)), Parameter::Text(Some(prefix))) => {
                Ok(Some(own.starts_with(prefix.as_str())))
            }
            (Comparison::ContainsAll | Comparison::Overlaps, own, other) => {
                Ok(arrays(own, comparison, other))
            }
            (Comparison::Less | Comparison::LessOrEqual, ..)
            | (Comparison::Greater | Comparison::GreaterOrEqual, ..)
                if !self.rules.collated.contains(&column) =>
            {
                match value::order(own, other) {
                    Some(order) => Ok(Some(is_so(order, comparison))),
                    None => Err(self.refused(column)),
                }
            }
            _ => Err(self.refused(column)),
        }
    }

    /// A column whose values have an order that only the database knows.
    pub(super) fn refused(&self, column: usize) -> Error {
        Error::NotInMemory {
            what: format!(
                "the values of `{}.{}` are ordered by the database alone",
                self.table.qualified,
                self.table.column_name(column)
            ),
        }
    }
}

fn is_so(order: Ordering, comparison: Comparison) -> bool {
    match comparison {
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
        _ => order.is_eq(),
    }
}

fn arrays(own: &Parameter, comparison: Comparison, other: &Parameter) -> Option<bool> {
    fn test<E: PartialEq>(own: &[E], comparison: Comparison, other: &[E]) -> bool {
        let mut elements = other.iter();
        match comparison {
            Comparison::ContainsAll => elements.all(|element| own.contains(element)),
            _ => elements.any(|element| own.contains(element)),
        }
    }
    match (own, other) {
        (Parameter::TextArray(Some(own)), Parameter::TextArray(Some(other))) => {
            Some(test(own, comparison, other))
        }
        (Parameter::UuidArray(Some(own)), Parameter::UuidArray(Some(other))) => {
            Some(test(own, comparison, other))
        }
        _ => None,
    }
}

/// What is said of a member; of an absent one mostly nothing.
fn member(member: Option<&Json>, test: &MemberTest) -> Option<bool> {
    let test = match test {
        MemberTest::Absent => return Some(member.is_none()),
        MemberTest::Present => return Some(member.is_some()),
        MemberTest::OneOf(values) if values.is_empty() => return Some(false),
        test => test,
    };
    let member = member?;
    let is = |other: &Parameter| matches!(other, Parameter::Json(Some(text)) if value::same_document(member, &value::document(text)));
    Some(match test {
        MemberTest::Absent | MemberTest::Present => return None,
        MemberTest::OneOf(values) => values.iter().any(is),
        MemberTest::Json(Comparison::Equal, other) => is(other),
        MemberTest::Json(Comparison::NotEqual, other) => !is(other),
        MemberTest::Json(comparison, Parameter::Json(Some(text))) => match (member, value::document(text)) {
            (Json::Number(own), Json::Number(other)) => {
                let order = value::order_of_numbers(own, &other);
                order.is_some_and(|order| is_so(order, *comparison))
            }
            _ => false,
        },
        MemberTest::Text(comparison, Parameter::Text(Some(other))) => match member {
            Json::String(own) if *comparison == Comparison::StartsWith => own.starts_with(other.as_str()),
            Json::String(own) => is_so(own.as_str().cmp(other), *comparison),
            _ => false,
        },
        MemberTest::Json(..) | MemberTest::Text(..) => false,
    })
}
