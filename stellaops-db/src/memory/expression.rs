//! Conditions of the specs, evaluated on a row, with SQL's three truth values.

use std::cmp::Ordering;

use stellaops_db_spec::expression::{Comparison, Expression, Function};

use crate::memory::value;
use crate::table::TableDescriptor;
use crate::value::{Parameter, ParameterType};

/// The expression compares what cannot be compared here, or names no column.
#[derive(Debug)]
pub(super) struct Unknown;

/// Whether the condition is true of a row; none for NULL.
pub(super) fn truth(
    table: &TableDescriptor,
    row: &[Parameter],
    condition: &Expression,
) -> Result<Option<bool>, Unknown> {
    Evaluation { table, row }.truth(condition)
}

/// All of them: false as soon as one is, and NULL where that is not decided.
pub(super) fn all<E>(truths: impl IntoIterator<Item = Result<Option<bool>, E>>) -> Result<Option<bool>, E> {
    let mut all = Some(true);
    for truth in truths {
        all = match (all, truth?) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), other) => other,
            (None, _) => None,
        };
    }
    Ok(all)
}

/// One of them at least.
pub(super) fn any<E>(truths: impl IntoIterator<Item = Result<Option<bool>, E>>) -> Result<Option<bool>, E> {
    let falsehoods = truths.into_iter().map(|truth| Ok(truth?.map(|truth| !truth)));
    Ok(all(falsehoods)?.map(|none| !none))
}

struct Evaluation<'a> {
    table: &'a TableDescriptor,
    row: &'a [Parameter],
}

impl Evaluation<'_> {
    fn truth(&self, expression: &Expression) -> Result<Option<bool>, Unknown> {
        match expression {
            Expression::Null => Ok(None),
            Expression::Not(inner) => Ok(self.truth(inner)?.map(|truth| !truth)),
            Expression::And(parts) => all(parts.iter().map(|part| self.truth(part))),
            Expression::Or(parts) => any(parts.iter().map(|part| self.truth(part))),
            Expression::Compare(left, comparison, right) => {
                compare(&self.value(left)?, *comparison, &self.value(right)?)
            }
            Expression::IsNull(inner) => Ok(Some(ParameterType::is_null(&self.value(inner)?))),
            Expression::In(value, values) => {
                let value = self.value(value)?;
                let values = values.iter();
                any(values.map(|other| compare(&value, Comparison::Equal, &self.value(other)?)))
            }
            other => match self.value(other)? {
                Parameter::Boolean(truth) => Ok(truth),
                _ => Err(Unknown),
            },
        }
    }

    fn value(&self, expression: &Expression) -> Result<Parameter, Unknown> {
        Ok(match expression {
            Expression::Column(name) => {
                let mut columns = self.table.columns.iter();
                let position = columns.position(|column| column == name).ok_or(Unknown)?;
                self.row.get(position).cloned().ok_or(Unknown)?
            }
            Expression::Text(text) => Parameter::Text(Some(text.clone())),
            Expression::Integer(number) => Parameter::BigInt(Some(*number)),
            Expression::Boolean(truth) => Parameter::Boolean(Some(*truth)),
            Expression::Null => Parameter::Text(None),
            Expression::Call(function, arguments) => self.call(*function, arguments)?,
            condition => Parameter::Boolean(self.truth(condition)?),
        })
    }

    fn call(&self, function: Function, arguments: &[Expression]) -> Result<Parameter, Unknown> {
        let values = arguments.iter().map(|argument| self.value(argument));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        let nulls = values
            .iter()
            .filter(|value| ParameterType::is_null(value))
            .count();
        let number = |number: usize| Parameter::BigInt(i64::try_from(number).ok());
        Ok(match (function, values.as_slice()) {
            (Function::NumNulls, _) => number(nulls),
            (Function::NumNonNulls, values) => number(values.len() - nulls),
            (Function::Trim, [Parameter::Text(text)]) => {
                Parameter::Text(text.as_ref().map(|text| text.trim_matches(' ').to_owned()))
            }
            (Function::CharLength, [Parameter::Text(Some(text))]) => number(text.chars().count()),
            (Function::Cardinality, [Parameter::TextArray(Some(items))]) => number(items.len()),
            (Function::Cardinality, [Parameter::UuidArray(Some(items))]) => number(items.len()),
            (Function::CharLength | Function::Cardinality, [value]) if nulls == 1 => {
                let _: &Parameter = value;
                Parameter::BigInt(None)
            }
            _ => return Err(Unknown),
        })
    }
}

fn compare(left: &Parameter, comparison: Comparison, right: &Parameter) -> Result<Option<bool>, Unknown> {
    if ParameterType::is_null(left) || ParameterType::is_null(right) {
        return Ok(None);
    }
    let order = match (whole(left), whole(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => value::order(left, right).ok_or(Unknown)?,
    };
    Ok(Some(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    }))
}

/// A whole number of any width.
pub(super) fn whole(value: &Parameter) -> Option<i64> {
    match value {
        Parameter::SmallInt(number) => number.map(i64::from),
        Parameter::Integer(number) => number.map(i64::from),
        Parameter::BigInt(number) => *number,
        _ => None,
    }
}
