//! Rows that point at others: those of a row of the statement around, or those of many parents.

use sea_query::{Alias, Expr, ExprTrait, PostgresQueryBuilder};
use stellaops_db_spec::model::quote_identifier;
use uuid::Uuid;

use crate::query::join::{ChildrenJoin, qualified};
use crate::query::predicate::{Parameters, column, sorted};
use crate::query::select::{Built, order_by, relation};
use crate::value::Parameter;

/// The children of each of many parents, whose ids follow the children's columns.
pub(crate) fn of_each(join: ChildrenJoin, parameters: Vec<Parameter>, parents: Vec<Uuid>) -> Built {
    let (child, mut parameters) = (join.child, Parameters(parameters));
    let ids = parameters.number(Parameter::UuidArray(Some(parents)));
    let places = join.order.order.iter();
    let places = places.map(|(position, direction)| sorted(&(position + 1).to_string(), *direction));
    let places: Vec<String> = places.collect();
    let children = child_rows(join, "__id", None, &mut parameters);
    let comment = format!("/* stellaops-db {} of each */ ", child.qualified);
    let fields: Vec<usize> = (0..child.fields).collect();
    let sql = format!(
        "{comment}SELECT {}, __page.__id FROM unnest({ids}) AS __page (__id) CROSS JOIN LATERAL ({children}) AS __child \
         ORDER BY {}, {}",
        child.column_list(&fields),
        child.fields + 1,
        places.join(", ")
    );
    Built {
        sql,
        parameters: parameters.0,
    }
}

/// The children of a row of the statement around it, which is called `__page` there. `key` and `tenant` are the
/// columns of that row; without a tenant it is the caller's.
pub(crate) fn child_rows(
    join: ChildrenJoin,
    key: &str,
    tenant: Option<&str>,
    parameters: &mut Parameters,
) -> String {
    let (table, order) = (join.child, join.order);
    let mut select = relation(table);
    for position in 0..table.fields {
        select.column(Alias::new(table.column_name(position)));
    }
    let of_page = |column: &str| Expr::cust(qualified("__page", column));
    let pin = order.pinned.last().copied().unwrap_or_default();
    select.and_where(column(table, pin).eq(of_page(key)));
    let parent_tenant = table.reference(pin).and_then(|reference| reference.parent_tenant);
    let readable = [Expr::cust("$1::text"), Expr::cust("'@global'")];
    if let Some(position) = parent_tenant {
        select.and_where(match tenant {
            Some(tenant) => column(table, position).eq(of_page(tenant)),
            None => column(table, position).is_in(readable.clone()),
        });
    }
    if table.has_tenant {
        let own = Expr::col(Alias::new("tenant_id"));
        select.and_where(match (parent_tenant, tenant) {
            (None, Some(tenant)) => own.eq(of_page(tenant)),
            _ if table.reads_global => own.is_in(readable),
            _ => own.eq(Expr::cust("$1::text")),
        });
    }
    if let Some(condition) = order.condition {
        select.and_where(Expr::cust(format!("({condition})")));
    }
    if let Some(position) = table.soft_delete {
        select.and_where(column(table, position).is_null());
    }
    for filter in join.filters {
        select.and_where(parameters.condition(table, filter));
    }
    let limit = parameters.number(Parameter::BigInt(Some(i64::from(join.limit))));
    let sql = select.to_string(PostgresQueryBuilder);
    let order = order_by(order.order, |position| {
        quote_identifier(table.column_name(position))
    });
    format!("{sql}{order} LIMIT {limit}")
}
