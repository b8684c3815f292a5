//! Dynamic SELECTs. sea-query builds the text; the values are bound by our own binder, the tenant
//! first, so the text holds numbered parameters only.

use sea_query::{Alias, Cond, Expr, ExprTrait, IntoIden, PostgresQueryBuilder, Query, SelectStatement};
use stellaops_db_spec::model::quote_identifier;

use crate::query::cursor::{Position, fingerprint};
use crate::query::filter::Condition;
use crate::query::join::{Join, Page};
use crate::query::keyset::{self, Edge};
use crate::query::predicate::{Keyset, Parameters, column, sorted};
use crate::query::{Filter, Lock};
use crate::table::{Direction, OrderDescriptor, Table, TableDescriptor};
use crate::tenant::TenantId;
use crate::value::{EncodeError, Parameter, ParameterType};

/// A statement and its parameters.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Parameter>,
}

/// What a SELECT is about. Non-generic: every table's queries are built by the same code.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    pub(crate) table: &'static TableDescriptor,
    /// The tenant; none across tenants, and where all that is read is global.
    pub(crate) tenant: Option<TenantId>,
    pub(crate) order: Option<&'static OrderDescriptor>,
    pub(crate) pins: Vec<Parameter>,
    pub(crate) filters: Vec<Condition>,
    pub(crate) with_deleted: bool,
    /// Only rows whose first ordered column the database's clock has passed.
    pub(crate) due: bool,
}

/// Which rows of a selection are read, and what of them.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// The positions of the columns.
    pub(crate) columns: &'a [usize],
    /// Where it begins, and which way it goes.
    pub(crate) from: Option<&'a Position>,
    /// How many rows at most; none for all.
    pub(crate) limit: Option<i64>,
    pub(crate) lock: Option<Lock>,
}

impl Selection {
    /// The rows of a tenant, or of all, that fulfil filters, in no order.
    pub(crate) fn counted<T: Table>(
        tenant: Option<TenantId>,
        filters: impl IntoIterator<Item = Filter<T>>,
    ) -> Result<Self, EncodeError> {
        let filters = filters.into_iter().map(|filter| filter.condition);
        Ok(Selection {
            table: T::DESCRIPTOR,
            tenant: tenant.filter(|_| T::DESCRIPTOR.has_tenant),
            order: None,
            pins: Vec::new(),
            filters: filters.collect::<Result<Vec<Condition>, _>>()?,
            with_deleted: false,
            due: false,
        })
    }

    /// What a cursor is bound to: the query without its page, and the tenant.
    pub(crate) fn fingerprint(&self) -> [u8; 16] {
        let asked = format!(
            "{} {:?} {:?} {} {} {}",
            self.table.qualified,
            self.order.map(|order| order.name),
            self.filters,
            self.pins.len(),
            self.with_deleted,
            self.due
        );
        let mut values: Vec<Parameter> = self.tenant.clone().map(Parameter::Tenant).into_iter().collect();
        values.extend(self.pins.iter().cloned());
        values.extend(self.filters.iter().flat_map(Condition::values));
        fingerprint(&asked, &values)
    }
}

/// Some of the rows, in the order, and what is related to them.
pub(crate) fn rows(selection: Selection, part: &Part<'_>, join: Option<Join>) -> Built {
    let mut builder = Builder::new(&selection, "list");
    let order: Vec<(usize, Direction)> = builder.order(selection.order, part.from);
    // A row cannot be locked behind a UNION.
    let is_locked = part.lock.is_some();
    let tenants = builder.tenants(is_locked);
    let conditions = builder.conditions(selection);
    let ranges = match (builder.ranges(&order, part.from), is_locked) {
        (ranges, _) if ranges.is_empty() => vec![None],
        (ranges, true) => vec![Some(ranges.into_iter().fold(Cond::any(), Cond::add))],
        (ranges, false) => ranges.into_iter().map(Some).collect(),
    };
    let limit = builder.limit(part.limit);
    let table = builder.table;
    let shape = Shape {
        table,
        columns: part.columns,
        order: &order,
        limit: &limit,
    };
    let branches = tenants
        .iter()
        .flat_map(|tenant| ranges.iter().map(move |range| (tenant, range)));
    let branches = branches.map(|(tenant, range)| {
        let mut select = shape.select(relation(table));
        let all = tenant.iter().chain(&conditions).cloned();
        select.cond_where(all.fold(Cond::all(), Cond::add));
        select.cond_where(range.clone().unwrap_or_else(Cond::all));
        shape.text(select)
    });
    let sql = shape.union(branches.collect());
    let sql = format!("{sql}{}", part.lock.map(Lock::sql).unwrap_or_default());
    let Some(join) = join else {
        return builder.build(&sql);
    };
    let page = Page {
        sql: &sql,
        table,
        columns: part.columns,
        order: &order,
    };
    let sql = page.with(join, &mut builder.parameters);
    builder.build(&sql)
}

/// How many rows there are, counted up to a bound where there is one.
pub(crate) fn count(selection: Selection, bound: Option<i64>) -> Built {
    let mut builder = Builder::new(&selection, "count");
    let sql = builder.plain(selection, "count(*)", bound);
    builder.build(&sql)
}

/// How many rows the planner expects, as a plan.
pub(crate) fn estimate(selection: Selection) -> Built {
    let mut builder = Builder::new(&selection, "estimate");
    let sql = builder.plain(selection, "1", None);
    builder.build(&format!("EXPLAIN (FORMAT JSON) {sql}"))
}

/// What all branches of a statement have in common.
struct Shape<'a> {
    table: &'static TableDescriptor,
    columns: &'a [usize],
    order: &'a [(usize, Direction)],
    limit: &'a str,
}

impl Shape<'_> {
    fn select(&self, mut select: SelectStatement) -> SelectStatement {
        for position in self.columns {
            select.column(Alias::new(self.table.column_name(*position)));
        }
        select
    }

    fn text(&self, select: SelectStatement) -> String {
        let order = order_by(self.order, |position| {
            quote_identifier(self.table.column_name(position))
        });
        format!("{}{order}{}", select.to_string(PostgresQueryBuilder), self.limit)
    }

    /// The rows of all branches, which do not overlap, in the order of the whole.
    fn union(&self, mut branches: Vec<String>) -> String {
        if branches.len() == 1 {
            return branches.remove(0);
        }
        let page = Alias::new("page");
        let outer = self.text(self.select(Query::select().from(page).take()));
        format!("WITH \"page\" AS (({})) {outer}", branches.join(") UNION ALL ("))
    }
}

struct Builder {
    comment: String,
    table: &'static TableDescriptor,
    has_tenant: bool,
    parameters: Parameters,
}

impl Builder {
    /// The tenant is the first parameter, where there is one.
    fn new(selection: &Selection, verb: &str) -> Self {
        let mut parameters = Parameters::default();
        if let Some(tenant) = &selection.tenant {
            parameters.number(Parameter::Tenant(tenant.clone()));
        }
        Builder {
            comment: format!("/* stellaops-db {} {verb} */ ", selection.table.qualified),
            table: selection.table,
            has_tenant: selection.tenant.is_some() && selection.table.has_tenant,
            parameters,
        }
    }

    /// The order, from the end where the rows in front of a place are asked for.
    fn order(
        &self,
        order: Option<&'static OrderDescriptor>,
        from: Option<&Position>,
    ) -> Vec<(usize, Direction)> {
        let order = order.map_or(&[][..], |order| order.order).iter().copied();
        match from.is_some_and(|position| position.backward) {
            true => order
                .map(|(column, direction)| (column, direction.reversed()))
                .collect(),
            false => order.collect(),
        }
    }

    /// Whose rows, a scan of an index each: the server would have to sort what it finds in one scan for several.
    fn tenants(&self, at_once: bool) -> Vec<Option<Expr>> {
        let tenant = || Expr::col(Alias::new("tenant_id"));
        let (own, global) = (Expr::cust("$1::text"), Expr::cust("'@global'"));
        match (self.has_tenant, self.table.reads_global) {
            (false, _) => vec![None],
            (true, false) => vec![Some(tenant().eq(own))],
            (true, true) if at_once => vec![Some(tenant().is_in([own, global]))],
            (true, true) => vec![Some(tenant().eq(own)), Some(tenant().eq(global))],
        }
    }

    /// What rows fulfil, whosever they are.
    fn conditions(&mut self, selection: Selection) -> Vec<Expr> {
        let table = self.table;
        let mut conditions = Vec::new();
        if let Some(order) = selection.order {
            for (position, pin) in order.pinned.iter().zip(selection.pins) {
                conditions.push(column(table, *position).eq(self.parameters.expression(pin)));
            }
            if let Some(condition) = order.condition {
                conditions.push(Expr::cust(format!("({condition})")));
            }
            if let Some((position, _)) = order.order.first().filter(|_| selection.due) {
                // Stable, so that the index serves the comparison, and moving on inside a transaction.
                let now = Expr::cust("statement_timestamp()");
                conditions.push(column(table, *position).lte(now));
            }
        }
        if let Some(position) = table.soft_delete.filter(|_| !selection.with_deleted) {
            conditions.push(column(table, position).is_null());
        }
        let filters = selection.filters.into_iter();
        conditions.extend(filters.map(|filter| self.parameters.condition(table, filter)));
        conditions
    }

    /// The rows that begin at a place, as ranges of the index.
    fn ranges(&mut self, order: &[(usize, Direction)], from: Option<&Position>) -> Vec<Cond> {
        let Some(position) = from else {
            return Vec::new();
        };
        let directions: Vec<Direction> = order.iter().map(|(_, direction)| *direction).collect();
        let edge = if position.inclusive {
            Edge::Inside
        } else {
            Edge::Outside
        };
        // A NULL is compared with nothing, so that the text names no parameter for it.
        let values = position
            .values
            .iter()
            .map(|value| match ParameterType::is_null(value) {
                true => String::new(),
                false => self.parameters.number(value.clone()),
            });
        let keyset = Keyset {
            table: self.table,
            order,
            values: values.collect(),
        };
        let ranges = keyset::behind(&directions, &position.values, edge);
        ranges.iter().map(|range| keyset.range(range)).collect()
    }

    /// A parameter, although the planner would keep a plan for a number in the text: such a plan takes each tenant
    /// for an average one, and may fetch and sort all rows of a great one.
    fn limit(&mut self, limit: Option<i64>) -> String {
        let number = limit.map(|limit| self.parameters.number(Parameter::BigInt(Some(limit))));
        number.map_or_else(String::new, |number| format!(" LIMIT {number}"))
    }

    /// One SELECT without an order.
    fn plain(&mut self, selection: Selection, what: &'static str, bound: Option<i64>) -> String {
        let tenant = self.tenants(true);
        let conditions = self.conditions(selection);
        let mut select = relation(self.table);
        let all = tenant.into_iter().flatten().chain(conditions);
        select.cond_where(all.fold(Cond::all(), Cond::add));
        let Some(bound) = bound else {
            return select.expr(Expr::cust(what)).to_string(PostgresQueryBuilder);
        };
        let bound = self.parameters.number(Parameter::BigInt(Some(bound)));
        let inner = select.expr(Expr::cust("1")).to_string(PostgresQueryBuilder);
        format!("SELECT {what} FROM ({inner} LIMIT {bound}) AS \"bounded\"")
    }

    fn build(self, sql: &str) -> Built {
        // One that is not named would share its text with a statement that has fewer.
        let mut numbers = 1..=self.parameters.0.len();
        debug_assert!(numbers.all(|number| sql.contains(&format!("${number}"))), "{sql}");
        Built {
            sql: format!("{}{sql}", self.comment),
            parameters: self.parameters.0,
        }
    }
}

/// `ORDER BY`, if there is an order, by columns as they are called where it stands.
pub(super) fn order_by(order: &[(usize, Direction)], called: impl Fn(usize) -> String) -> String {
    let order = order
        .iter()
        .map(|(position, direction)| sorted(&called(*position), *direction));
    match order.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => none,
        order => format!(" ORDER BY {order}"),
    }
}

pub(super) fn relation(table: &TableDescriptor) -> SelectStatement {
    let mut select = Query::select();
    select.from((
        Alias::new(table.schema).into_iden(),
        Alias::new(table.name).into_iden(),
    ));
    select
}
