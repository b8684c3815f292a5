//! Dynamic SELECTs. sea-query builds the text; the values are bound by our own binder, the tenant
//! first, so the text holds numbered parameters only.

use sea_query::{
    Alias, Cond, Expr, ExprTrait, IntoIden, Order as Direction, PostgresQueryBuilder, Query, SelectStatement,
};

use crate::query::Filter;
use crate::query::cursor::fingerprint;
use crate::query::filter::{Comparison, Condition};
use crate::table::{OrderDescriptor, TableDescriptor};
use crate::tenant::TenantId;
use crate::value::{EncodeError, Parameter};

/// A statement and its parameters.
pub(crate) struct Built {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Parameter>,
}

/// What a SELECT is about. Non-generic: every table's queries are built by the same code.
pub(crate) struct Selection<'a> {
    pub(crate) table: &'static TableDescriptor,
    /// The tenant; none across tenants and for global tables.
    pub(crate) tenant: Option<&'a TenantId>,
    pub(crate) order: Option<&'static OrderDescriptor>,
    pub(crate) pins: Vec<Parameter>,
    pub(crate) filters: Vec<(usize, Resolved)>,
    pub(crate) with_deleted: bool,
    /// Only rows whose first ordered column the database's clock has passed.
    pub(crate) due: bool,
}

impl Selection<'_> {
    /// What a cursor is bound to: the query without its page, and the tenant.
    pub(crate) fn fingerprint(&self) -> String {
        let order = self.order.map_or("", |order| order.name);
        let in_full = |parameters: &[Parameter]| {
            let values = parameters
                .iter()
                .map(|parameter| format!("{parameter:?} {}", parameter.in_full()));
            values.collect::<Vec<_>>()
        };
        let filters: Vec<_> = self
            .filters
            .iter()
            .map(|(position, filter)| match filter {
                Resolved::Compare(comparison, value) => {
                    format!(
                        "{position} {comparison:?} {:?}",
                        in_full(std::slice::from_ref(value))
                    )
                }
                Resolved::OneOf(values) => format!("{position} one of {:?}", in_full(values)),
                Resolved::Null(is_null) => format!("{position} null {is_null}"),
            })
            .collect();
        let parts = format!(
            "{} {order} {:?} {:?} {filters:?} {} {}",
            self.table.qualified,
            self.tenant,
            in_full(&self.pins),
            self.with_deleted,
            self.due
        );
        fingerprint(&parts)
    }
}

/// A filter whose values are encoded.
#[derive(Debug)]
pub(crate) enum Resolved {
    Compare(Comparison, Parameter),
    OneOf(Vec<Parameter>),
    Null(bool),
}

/// Encodes a filter's values.
pub(crate) fn resolve<T>(filter: Filter<T>) -> Result<(usize, Resolved), EncodeError> {
    let resolved = match filter.condition {
        Condition::Compare(comparison, value) => Resolved::Compare(comparison, value?),
        Condition::OneOf(values) => Resolved::OneOf(values.into_iter().collect::<Result<_, _>>()?),
        Condition::Null(is_null) => Resolved::Null(is_null),
    };
    Ok((filter.position, resolved))
}

/// One page: the rows behind `after` in the order, and one more than the limit to see whether there
/// is a next page.
pub(crate) fn page(selection: Selection<'_>, after: Option<Vec<Parameter>>, limit: i64) -> Built {
    let mut builder = Builder::new(&selection, "list");
    let table = selection.table;
    for column in 0..table.fields {
        builder.select.column(Alias::new(table.column_name(column)));
    }
    let order = selection.order.map_or(&[][..], |order| order.order);
    builder.conditions(selection);
    if let Some(after) = after {
        builder.behind(table, order, after);
    }
    for (position, descending) in order {
        let direction = if *descending {
            Direction::Desc
        } else {
            Direction::Asc
        };
        builder
            .select
            .order_by(Alias::new(table.column_name(*position)), direction);
    }
    let limit = builder.parameter(Parameter::BigInt(Some(limit)));
    builder.build(&format!(" LIMIT {limit}"))
}

/// How many rows there are.
pub(crate) fn count(selection: Selection<'_>) -> Built {
    let mut builder = Builder::new(&selection, "count");
    builder.select.expr(Expr::cust("count(*)"));
    builder.conditions(selection);
    builder.build("")
}

struct Builder {
    comment: String,
    select: SelectStatement,
    parameters: Vec<Parameter>,
}

impl Builder {
    fn new(selection: &Selection<'_>, verb: &str) -> Self {
        let table = selection.table;
        let mut select = Query::select();
        select.from((
            Alias::new(table.schema).into_iden(),
            Alias::new(table.name).into_iden(),
        ));
        let comment = format!("/* stellaops-db {} {verb} */ ", table.qualified);
        Builder {
            comment,
            select,
            parameters: Vec::new(),
        }
    }

    fn parameter(&mut self, parameter: Parameter) -> String {
        self.parameters.push(parameter);
        format!("${}", self.parameters.len())
    }

    /// A value that a client gave back in a cursor. Its type is said in the text, so that a forged one
    /// can never be prepared under the text that the genuine one has.
    fn typed_parameter(&mut self, parameter: Parameter) -> String {
        let sql_type = parameter.sql_type();
        format!("{}::{sql_type}", self.parameter(parameter))
    }

    fn bound(&mut self, parameter: Parameter) -> Expr {
        // A cast would only repeat the type that is sent with the parameter.
        Expr::cust(self.parameter(parameter))
    }

    fn conditions(&mut self, selection: Selection<'_>) {
        let table = selection.table;
        if let Some(tenant) = selection.tenant {
            self.parameter(Parameter::Tenant(tenant.clone()));
            let tenant_id = Expr::col(Alias::new("tenant_id"));
            let own = Expr::cust("$1::text");
            self.select.and_where(match table.reads_global {
                true => tenant_id.is_in([own, Expr::cust("'@global'")]),
                false => tenant_id.eq(own),
            });
        }
        if let Some(order) = selection.order {
            for (position, pin) in order.pinned.iter().zip(selection.pins) {
                let value = self.bound(pin);
                self.select.and_where(column(table, *position).eq(value));
            }
            if let Some(condition) = order.condition {
                self.select.and_where(Expr::cust(format!("({condition})")));
            }
            if let Some((position, _)) = order.order.first().filter(|_| selection.due) {
                // Stable, so that the index serves the comparison, and moving on inside a transaction.
                let now = Expr::cust("statement_timestamp()");
                self.select.and_where(column(table, *position).lte(now));
            }
        }
        if let Some(position) = table.soft_delete.filter(|_| !selection.with_deleted) {
            self.select.and_where(column(table, position).is_null());
        }
        for (position, filter) in selection.filters {
            self.filter(table, position, filter);
        }
    }

    fn filter(&mut self, table: &'static TableDescriptor, position: usize, filter: Resolved) {
        let left = column(table, position);
        let condition = match filter {
            Resolved::Null(true) => left.is_null(),
            Resolved::Null(false) => left.is_not_null(),
            // Without a value there is no row; an empty IN list is no SQL.
            Resolved::OneOf(values) if values.is_empty() => Expr::cust("false"),
            Resolved::OneOf(values) => {
                let values: Vec<Expr> = values.into_iter().map(|value| self.bound(value)).collect();
                left.is_in(values)
            }
            Resolved::Compare(comparison, value) => {
                let value = self.bound(value);
                match comparison {
                    Comparison::Equal => left.eq(value),
                    Comparison::NotEqual => left.ne(value),
                    Comparison::Less => left.lt(value),
                    Comparison::LessOrEqual => left.lte(value),
                    Comparison::Greater => left.gt(value),
                    Comparison::GreaterOrEqual => left.gte(value),
                    // LIKE is not leakproof, so the policy would run first, row by row; this operator is.
                    Comparison::StartsWith => left.binary(sea_query::BinOper::Custom("^@"), value),
                }
            }
        };
        self.select.and_where(condition);
    }

    /// Rows behind the last one seen. With one direction a row comparison, which an index reads in
    /// one go; with mixed directions column by column.
    fn behind(&mut self, table: &'static TableDescriptor, order: &[(usize, bool)], after: Vec<Parameter>) {
        let columns: Vec<(Expr, bool, String)> = order
            .iter()
            .zip(after)
            .map(|((position, descending), value)| {
                (column(table, *position), *descending, self.typed_parameter(value))
            })
            .collect();
        let mixed = columns
            .iter()
            .any(|(_, descending, _)| *descending != columns[0].1);
        if mixed {
            let mut any = Cond::any();
            for position in 0..columns.len() {
                let mut all = Cond::all();
                for (equal, _, value) in &columns[..position] {
                    all = all.add(equal.clone().eq(Expr::cust(value.clone())));
                }
                let (last, descending, value) = &columns[position];
                let value = Expr::cust(value.clone());
                all = all.add(if *descending {
                    last.clone().lt(value)
                } else {
                    last.clone().gt(value)
                });
                any = any.add(all);
            }
            self.select.cond_where(any);
        } else {
            let left = Expr::tuple(columns.iter().map(|(column, _, _)| column.clone()));
            let right = Expr::tuple(columns.iter().map(|(_, _, value)| Expr::cust(value.clone())));
            let descending = columns.first().is_some_and(|(_, descending, _)| *descending);
            self.select.and_where(if descending {
                left.lt(right)
            } else {
                left.gt(right)
            });
        }
    }

    fn build(self, tail: &str) -> Built {
        let sql = self.select.to_string(PostgresQueryBuilder);
        Built {
            sql: format!("{}{sql}{tail}", self.comment),
            parameters: self.parameters,
        }
    }
}

fn column(table: &'static TableDescriptor, position: usize) -> Expr {
    Expr::col(Alias::new(table.column_name(position)))
}
