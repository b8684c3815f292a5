//! Conditions as SQL. The text holds numbered parameters, never a value.

use sea_query::extension::postgres::PgFunc;
use sea_query::{Alias, BinOper, Cond, Expr, ExprTrait};

use crate::query::filter::{Comparison, Condition};
use crate::query::keyset::{Edge, KeyBound, Range};
use crate::table::{Direction, Nulls, TableDescriptor};
use crate::value::Parameter;

/// The parameters of a statement, as they are numbered.
#[derive(Debug, Default)]
pub(crate) struct Parameters(pub(crate) Vec<Parameter>);

impl Parameters {
    /// A parameter's number. A cast would only repeat the type that is sent with it.
    pub(crate) fn number(&mut self, parameter: Parameter) -> String {
        self.0.push(parameter);
        format!("${}", self.0.len())
    }

    pub(crate) fn expression(&mut self, parameter: Parameter) -> Expr {
        Expr::cust(self.number(parameter))
    }

    /// The condition of a filter.
    pub(crate) fn condition(&mut self, table: &TableDescriptor, condition: Condition) -> Expr {
        match condition {
            Condition::Compare(position, comparison, value) => {
                let value = self.expression(value);
                compare(column(table, position), comparison, value)
            }
            Condition::OneOf(position, values) => {
                let values = Parameter::Several(table.types[position], values);
                let values = self.number(values);
                // One text for any number of values.
                column(table, position).eq(PgFunc::any(Expr::cust(values)))
            }
            Condition::Null(position) => column(table, position).is_null(),
            Condition::NotNull(position) => column(table, position).is_not_null(),
            Condition::All(conditions) => self.joined(table, conditions, Cond::all(), "true"),
            Condition::Any(conditions) => self.joined(table, conditions, Cond::any(), "false"),
            Condition::Not(condition) => self.condition(table, *condition).is_not(true),
        }
    }

    fn joined(
        &mut self,
        table: &TableDescriptor,
        conditions: Vec<Condition>,
        all_or_any: Cond,
        without: &'static str,
    ) -> Expr {
        if conditions.is_empty() {
            return Expr::cust(without);
        }
        let conditions = conditions
            .into_iter()
            .map(|condition| self.condition(table, condition));
        conditions.fold(all_or_any, Cond::add).into()
    }
}

/// An expression of an ORDER BY.
pub(crate) fn sorted(expression: &str, direction: Direction) -> String {
    let word = if direction.is_descending() { " DESC" } else { "" };
    let nulls = match direction.nulls() {
        Nulls::Never => "",
        Nulls::First => " NULLS FIRST",
        Nulls::Last => " NULLS LAST",
    };
    format!("{expression}{word}{nulls}")
}

pub(crate) fn column(table: &TableDescriptor, position: usize) -> Expr {
    Expr::col(Alias::new(table.column_name(position)))
}

fn compare(column: Expr, comparison: Comparison, value: Expr) -> Expr {
    match comparison {
        Comparison::Equal => column.eq(value),
        Comparison::NotEqual => column.ne(value),
        Comparison::Less => column.lt(value),
        Comparison::LessOrEqual => column.lte(value),
        Comparison::Greater => column.gt(value),
        Comparison::GreaterOrEqual => column.gte(value),
        // LIKE is not leakproof, so the policy would run first, row by row; this operator is.
        Comparison::StartsWith => column.binary(BinOper::Custom("^@"), value),
        Comparison::ContainsAll => column.binary(BinOper::Custom("@>"), value),
        Comparison::Overlaps => column.binary(BinOper::Custom("&&"), value),
    }
}

/// The columns of an order and their directions, with the values of a row.
pub(crate) struct Keyset<'a> {
    pub(crate) table: &'static TableDescriptor,
    pub(crate) order: &'a [(usize, Direction)],
    /// The values, as they are numbered.
    pub(crate) values: Vec<String>,
}

impl Keyset<'_> {
    /// The condition of a range.
    pub(crate) fn range(&self, range: &Range) -> Cond {
        range
            .iter()
            .map(|bound| self.bound(bound))
            .fold(Cond::all(), Cond::add)
    }

    fn bound(&self, bound: &KeyBound) -> Expr {
        match bound {
            KeyBound::Equal(place) => self.column(*place).eq(self.value(*place)),
            KeyBound::Null(place) => self.column(*place).is_null(),
            KeyBound::NotNull(place) => self.column(*place).is_not_null(),
            KeyBound::Behind(first, end, edge) => {
                let (columns, values) = match end - first {
                    1 => (self.column(*first), self.value(*first)),
                    _ => (
                        Expr::tuple((*first..*end).map(|place| self.column(place))),
                        Expr::tuple((*first..*end).map(|place| self.value(place))),
                    ),
                };
                match (self.order[*first].1.is_descending(), edge) {
                    (false, Edge::Outside) => columns.gt(values),
                    (false, Edge::Inside) => columns.gte(values),
                    (true, Edge::Outside) => columns.lt(values),
                    (true, Edge::Inside) => columns.lte(values),
                }
            }
        }
    }

    fn column(&self, place: usize) -> Expr {
        column(self.table, self.order[place].0)
    }

    fn value(&self, place: usize) -> Expr {
        Expr::cust(self.values[place].clone())
    }
}
