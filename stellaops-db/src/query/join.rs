//! A statement for rows, and for what is related to each of them: one exchange, however many rows there are.

use crate::query::Condition;
use stellaops_db_spec::model::quote_identifier;

use crate::query::children::child_rows;
use crate::query::predicate::{Parameters, sorted};
use crate::query::select::order_by;
use crate::table::{Direction, OrderDescriptor, TableDescriptor};

/// What is read beside the rows of a table.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub enum Join {
    /// The row that each points at.
    Parent(ParentJoin),
    /// The rows that point at each.
    Children(ChildrenJoin),
}

/// A reference of the table.
#[derive(Debug, Clone)]
pub struct ParentJoin {
    /// The column that points.
    pub(crate) column: usize,
    /// The column with the parent's tenant, where it can be another.
    pub(crate) parent_tenant: Option<usize>,
    pub(crate) parent: &'static TableDescriptor,
}

/// A reference of another table to this one.
#[derive(Debug, Clone)]
pub struct ChildrenJoin {
    pub(crate) child: &'static TableDescriptor,
    /// An order that is pinned by the column that points.
    pub(crate) order: &'static OrderDescriptor,
    pub(crate) filters: Vec<Condition>,
    pub(crate) limit: u32,
    /// The column of the parent that is pointed at.
    pub(crate) parent_key: usize,
}

impl Join {
    /// The table of what is read.
    pub(crate) fn related(&self) -> &'static TableDescriptor {
        match self {
            Join::Parent(join) => join.parent,
            Join::Children(join) => join.child,
        }
    }
}

/// The rows of a table, as a statement gives them.
pub(crate) struct Page<'a> {
    pub(crate) sql: &'a str,
    pub(crate) table: &'static TableDescriptor,
    /// The columns that the statement selects.
    pub(crate) columns: &'a [usize],
    pub(crate) order: &'a [(usize, Direction)],
}

impl Page<'_> {
    /// The statement's rows with what is related. A row of the result has the statement's columns, then those of
    /// the related table; children come in rows of their own, behind their parent.
    pub(crate) fn with(&self, join: Join, parameters: &mut Parameters) -> String {
        match join {
            Join::Parent(join) => self.with_parent(&join),
            Join::Children(join) => self.with_children(join, parameters),
        }
    }

    fn with_parent(&self, join: &ParentJoin) -> String {
        let parent = join.parent;
        let column = |position| qualified("__page", self.table.column_name(position));
        let key = parent.key.first().copied().unwrap_or_default();
        let mut on = vec![format!(
            "{} = {}",
            qualified("__parent", parent.column_name(key)),
            column(join.column)
        )];
        let tenant = join
            .parent_tenant
            .map_or("tenant_id", |position| self.table.column_name(position));
        if parent.has_tenant {
            on.push(format!(
                "{} = {}",
                qualified("__parent", "tenant_id"),
                qualified("__page", tenant)
            ));
        }
        if let Some(deleted) = parent.soft_delete {
            on.push(format!(
                "{} IS NULL",
                qualified("__parent", parent.column_name(deleted))
            ));
        }
        format!(
            "WITH __page AS ({}) SELECT {}, {} FROM __page LEFT JOIN {} AS __parent ON {}{}",
            self.sql,
            self.list("__page"),
            fields("__parent", parent),
            parent.sql_name(),
            on.join(" AND "),
            self.order_by("__page")
        )
    }

    /// The parents and their children in two branches, so that no parent is sent again with each child. A row of
    /// one branch has NULLs in the other's columns, of their types: those of an outer join with nothing.
    fn with_children(&self, join: ChildrenJoin, parameters: &mut Parameters) -> String {
        let (child, order) = (join.child, join.order);
        let places = order.order.iter().map(|(position, direction)| {
            let place = self.columns.len() + position + 1;
            sorted(&place.to_string(), *direction)
        });
        let key = self.table.column_name(join.parent_key);
        let tenant = self.table.has_tenant.then_some("tenant_id");
        let children = child_rows(join, key, tenant, parameters);
        let (child_name, child_fields) = (child.sql_name(), fields("__child", child));
        format!(
            "WITH __page AS MATERIALIZED (SELECT {columns}, row_number() OVER ({window}) AS __number FROM ({page}) AS __rows) \
             SELECT {page_columns}, {child_fields}, __page.__number, false \
             FROM __page LEFT JOIN {child_name} AS __child ON false \
             UNION ALL \
             SELECT {no_columns}, {child_fields}, __page.__number, true \
             FROM __page CROSS JOIN LATERAL ({children}) AS __child LEFT JOIN __page AS __none ON false \
             ORDER BY {number}, {is_child}, {places}",
            columns = self.list("__rows"),
            window = self.order_by("__rows").trim_start(),
            page = self.sql,
            page_columns = self.list("__page"),
            no_columns = self.list("__none"),
            number = self.columns.len() + child.fields + 1,
            is_child = self.columns.len() + child.fields + 2,
            places = places.collect::<Vec<_>>().join(", "),
        )
    }

    fn list(&self, alias: &str) -> String {
        let columns = self.columns.iter();
        let columns = columns.map(|position| qualified(alias, self.table.column_name(*position)));
        columns.collect::<Vec<_>>().join(", ")
    }

    fn order_by(&self, alias: &str) -> String {
        order_by(self.order, |position| {
            qualified(alias, self.table.column_name(position))
        })
    }
}

fn fields(alias: &str, table: &TableDescriptor) -> String {
    let fields = (0..table.fields).map(|position| qualified(alias, table.column_name(position)));
    fields.collect::<Vec<_>>().join(", ")
}

pub(crate) fn qualified(alias: &str, column: &str) -> String {
    format!("{}.{}", quote_identifier(alias), quote_identifier(column))
}
