//! Values held against each other as PostgreSQL does: texts by their bytes, which is collation C; documents by
//! what they say.

use std::cmp::Ordering;

use serde_json::{Number, Value as Json};

use crate::value::{Parameter, ParameterType};

/// A value as a row keeps it: a tenant is the text in its column.
pub(super) fn stored(parameter: Parameter) -> Parameter {
    match parameter {
        Parameter::Tenant(tenant) => Parameter::Text(Some(tenant.as_str().to_owned())),
        other => other,
    }
}

/// Which is greater; none where one of them is NULL, and of types that have no order here.
pub(super) fn order(left: &Parameter, right: &Parameter) -> Option<Ordering> {
    Some(match (left, right) {
        (Parameter::Uuid(Some(left)), Parameter::Uuid(Some(right))) => left.cmp(right),
        (Parameter::Text(Some(left)), Parameter::Text(Some(right))) => left.cmp(right),
        (Parameter::SmallInt(Some(left)), Parameter::SmallInt(Some(right))) => left.cmp(right),
        (Parameter::Integer(Some(left)), Parameter::Integer(Some(right))) => left.cmp(right),
        (Parameter::BigInt(Some(left)), Parameter::BigInt(Some(right))) => left.cmp(right),
        (Parameter::Boolean(Some(left)), Parameter::Boolean(Some(right))) => left.cmp(right),
        (Parameter::TimestampTz(Some(left)), Parameter::TimestampTz(Some(right))) => left.cmp(right),
        (Parameter::Date(Some(left)), Parameter::Date(Some(right))) => left.cmp(right),
        (Parameter::Bytea(Some(left)), Parameter::Bytea(Some(right))) => left.cmp(right),
        (Parameter::TextArray(Some(left)), Parameter::TextArray(Some(right))) => left.cmp(right),
        (Parameter::UuidArray(Some(left)), Parameter::UuidArray(Some(right))) => left.cmp(right),
        _ => return None,
    })
}

/// Whether both are the same value; none where one of them is NULL.
pub(super) fn equal(left: &Parameter, right: &Parameter) -> Option<bool> {
    match (left, right) {
        (Parameter::Json(Some(left)), Parameter::Json(Some(right))) => {
            Some(same_document(&document(left), &document(right)))
        }
        (left, right) if ParameterType::is_null(left) || ParameterType::is_null(right) => None,
        (left, right) => Some(order(left, right) == Some(Ordering::Equal)),
    }
}

/// A stored document. It was written by the toolkit, so that it is JSON.
pub(super) fn document(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_default()
}

/// Whether both say the same, as `jsonb` has it: numbers by their value.
pub(super) fn same_document(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => order_of_numbers(left, right) == Some(Ordering::Equal),
        (Json::Array(left), Json::Array(right)) => {
            let mut pairs = left.iter().zip(right);
            left.len() == right.len() && pairs.all(|(left, right)| same_document(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            let same = |(name, left): (&String, &Json)| {
                right.get(name).is_some_and(|right| same_document(left, right))
            };
            left.len() == right.len() && left.iter().all(same)
        }
        (left, right) => left == right,
    }
}

/// Which number is greater. Whole numbers are told apart exactly.
pub(super) fn order_of_numbers(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// Values that name a row; a shorter list is before the longer ones that begin with it.
#[derive(Debug, Clone)]
pub(super) struct RowKey(pub(super) Vec<Parameter>);

impl Ord for RowKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.0.iter().zip(&other.0);
        // The values of a key are never NULL, and each has the type of its column.
        let mut orders = pairs.map(|(left, right)| order(left, right).unwrap_or(Ordering::Equal));
        let differing = orders.find(|order| order.is_ne());
        differing.unwrap_or_else(|| self.0.len().cmp(&other.0.len()))
    }
}

impl PartialOrd for RowKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for RowKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for RowKey {}
