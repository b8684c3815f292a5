//! Conditions as SQL. The text holds numbered parameters, never a value.

use sea_query::extension::postgres::PgFunc;
use sea_query::{Alias, BinOper, Cond, Expr, ExprTrait};

use stellaops_db_spec::model::quote_identifier;

use crate::query::MemberTest;
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
            Condition::Member(position, path, test) => self.member(table, position, path, test),
            Condition::All(conditions) => self.joined(table, conditions, Cond::all(), "true"),
            Condition::Any(conditions) => self.joined(table, conditions, Cond::any(), "false"),
            Condition::Not(condition) => self.condition(table, *condition).is_not(true),
        }
    }

    /// A member of a document. Texts are ordered by their bytes, as columns are; jsonb's own order is that of the
    /// database's collation.
    fn member(
        &mut self,
        table: &TableDescriptor,
        position: usize,
        path: Vec<&'static str>,
        test: MemberTest,
    ) -> Expr {
        // No value is one of none. A path that the text does not name would make it the text of a statement with
        // fewer parameters, and the driver takes equal texts for one statement.
        if matches!(&test, MemberTest::OneOf(values) if values.is_empty()) {
            return Expr::cust("false");
        }
        let column = quote_identifier(table.column_name(position));
        let path = path.into_iter().map(str::to_owned).collect();
        let path = self.number(Parameter::TextArray(Some(path)));
        let (json, text) = (format!("({column} #> {path})"), format!("({column} #>> {path})"));
        Expr::cust(match test {
            MemberTest::Absent => format!("{json} IS NULL"),
            MemberTest::Present => format!("{json} IS NOT NULL"),
            MemberTest::OneOf(values) => {
                let values = values.into_iter().map(|value| self.number(value));
                format!("{json} IN ({})", values.collect::<Vec<_>>().join(", "))
            }
            MemberTest::Json(comparison @ (Comparison::Equal | Comparison::NotEqual), value) => {
                format!("{json} {} {}", operator(comparison), self.number(value))
            }
            MemberTest::Json(comparison, value) => {
                let (operator, value) = (operator(comparison), self.number(value));
                format!("(jsonb_typeof({json}) = 'number' AND {json} {operator} {value})")
            }
            MemberTest::Text(comparison, value) => {
                let (operator, value) = (operator(comparison), self.number(value));
                format!("(jsonb_typeof({json}) = 'string' AND {text} COLLATE \"C\" {operator} {value})")
            }
        })
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

fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
        // LIKE is not leakproof, so the policy would run first, row by row; this operator is.
        Comparison::StartsWith => "^@",
        Comparison::ContainsAll => "@>",
        Comparison::Overlaps => "&&",
    }
}

fn compare(column: Expr, comparison: Comparison, value: Expr) -> Expr {
    match comparison {
        Comparison::Equal => column.eq(value),
        Comparison::NotEqual => column.ne(value),
        Comparison::Less => column.lt(value),
        Comparison::LessOrEqual => column.lte(value),
        Comparison::Greater => column.gt(value),
        Comparison::GreaterOrEqual => column.gte(value),
        other => column.binary(BinOper::Custom(operator(other)), value),
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
