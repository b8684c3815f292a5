//! Lists: the rows of an order from a place on.

use std::cmp::Ordering;

use crate::error::Error;
use crate::memory::check;
use crate::memory::filter::Filtered;
use crate::memory::rules::Partial;
use crate::memory::tables::{Relation, Values};
use crate::memory::value;
use crate::memory::write::is_deleted;
use crate::query::Cursor;
use crate::query::CursorKeys;
use crate::query::cursor::Position;
use crate::query::ends::{self, Ends};
use crate::query::select::Selection;
use crate::table::{Direction, Nulls, OrderDescriptor};
use crate::tenant::TenantId;
use crate::timestamp::Timestamp;
use crate::value::{Parameter, ParameterType};

/// A page whose rows are not decoded yet.
pub(super) struct Raw {
    pub(super) rows: Vec<Values>,
    pub(super) next: Option<Cursor>,
    pub(super) previous: Option<Cursor>,
}

/// The page at the cursor, or the first one.
pub(super) fn page(
    relation: &Relation,
    selection: &Selection,
    now: Timestamp,
    keys: &CursorKeys,
    (cursor, limit): (Option<&Cursor>, u32),
) -> Result<Raw, Error> {
    let query = selection.fingerprint();
    let from = ends::open(selection, query, cursor, keys)?;
    let order = selection.order.map_or(&[][..], |order| order.order);
    let backward = from.as_ref().is_some_and(|from| from.backward);
    let mut rows = selected(relation, selection, now)?;
    rows.sort_by(|left, right| compare(order, left, right));
    if let Some(from) = &from {
        rows.retain(|row| is_behind(order, row, from));
    }
    let limit = limit as usize;
    let has_more = rows.len() > limit;
    match backward {
        true => rows.drain(..rows.len().saturating_sub(limit)).for_each(drop),
        false => rows.truncate(limit),
    }
    let ends = Ends {
        from: from.as_ref(),
        has_more,
    };
    let values = |row: Option<&Values>| {
        let columns = order.iter().map(|(column, _)| *column);
        Ok(row.map(|row| columns.map(|column| row[column].clone()).collect()))
    };
    let previous = ends.position(true, || values(rows.first()))?;
    let next = ends.position(false, || values(rows.last()))?;
    let seal = |position: Option<Position>| Cursor::seal(&position?, query, keys);
    Ok(Raw {
        previous: seal(previous),
        next: seal(next),
        rows,
    })
}

/// The rows that a selection is about, in the order of their keys.
pub(super) fn selected(
    relation: &Relation,
    selection: &Selection,
    now: Timestamp,
) -> Result<Vec<Values>, Error> {
    let filtered = Filtered {
        table: relation.table,
        rules: &relation.rules,
    };
    if let Some(order) = selection.order {
        let mut columns = order.order.iter().map(|(column, _)| *column);
        if let Some(collated) = columns.find(|column| relation.rules.collated.contains(column)) {
            return Err(filtered.refused(collated));
        }
    }
    let partial = Partial::of(selection.order.and_then(|order| order.condition));
    let mut rows = Vec::new();
    for row in visible(relation, selection.tenant.as_ref()) {
        let is_listed = (selection.with_deleted || !is_deleted(relation.table, row))
            && selection
                .order
                .is_none_or(|order| is_pinned(order, &selection.pins, row))
            && (!selection.due || is_due(selection.order, row, now))
            && check::is_within(relation.table, &partial, row)?
            && filtered.holds(row, &selection.filters)?;
        if is_listed {
            rows.push(row.clone());
        }
    }
    Ok(rows)
}

/// The rows that a tenant can see: its own, and then those of all tenants where the table has such.
pub(super) fn visible<'a>(
    relation: &'a Relation,
    tenant: Option<&TenantId>,
) -> impl Iterator<Item = &'a Values> {
    let global = TenantId::global();
    let reads_global = relation.table.reads_global && tenant.is_some_and(|tenant| *tenant != global);
    let own: Vec<&Values> = relation.rows_of(tenant).map(|(_, row)| row).collect();
    let global: Vec<&Values> = match reads_global {
        true => relation.rows_of(Some(&global)).map(|(_, row)| row).collect(),
        false => Vec::new(),
    };
    own.into_iter().chain(global)
}

fn is_pinned(order: &OrderDescriptor, pins: &[Parameter], row: &[Parameter]) -> bool {
    let mut pairs = order.pinned.iter().zip(pins);
    pairs.all(|(column, pin)| value::equal(&row[*column], pin) == Some(true))
}

fn is_due(order: Option<&OrderDescriptor>, row: &[Parameter], now: Timestamp) -> bool {
    let first = order.and_then(|order| order.order.first());
    let time = first.map(|(column, _)| &row[*column]);
    matches!(time, Some(Parameter::TimestampTz(Some(time))) if *time <= now.utc())
}

fn compare(order: &[(usize, Direction)], left: &[Parameter], right: &[Parameter]) -> Ordering {
    let orders = order
        .iter()
        .map(|(column, direction)| compare_values(*direction, &left[*column], &right[*column]));
    first_differing(orders)
}

/// Whether a row is on the side of a place that is read.
fn is_behind(order: &[(usize, Direction)], row: &[Parameter], from: &Position) -> bool {
    let orders = order.iter().zip(&from.values);
    let orders = orders.map(|((column, direction), value)| compare_values(*direction, &row[*column], value));
    match first_differing(orders) {
        Ordering::Equal => from.inclusive,
        Ordering::Less => from.backward,
        Ordering::Greater => !from.backward,
    }
}

fn first_differing(mut orders: impl Iterator<Item = Ordering>) -> Ordering {
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn compare_values(direction: Direction, left: &Parameter, right: &Parameter) -> Ordering {
    let nulls_first = match direction.nulls() {
        Nulls::First => true,
        Nulls::Last => false,
        // There are none; PostgreSQL's own places.
        Nulls::Never => direction.is_descending(),
    };
    match (ParameterType::is_null(left), ParameterType::is_null(right)) {
        (true, true) => Ordering::Equal,
        (true, false) if nulls_first => Ordering::Less,
        (true, false) => Ordering::Greater,
        (false, true) => compare_values(direction, right, left).reverse(),
        (false, false) => {
            let order = value::order(left, right).unwrap_or(Ordering::Equal);
            if direction.is_descending() {
                order.reverse()
            } else {
                order
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::selected;
    use crate::error::Error;
    use crate::memory::tables::Tables;
    use crate::query::select::Selection;
    use crate::table::{Direction, OrderDescriptor, TableDescriptor};
    use crate::timestamp::Timestamp;
    use crate::value::{Parameter, ParameterType};

    static TABLE: TableDescriptor = TableDescriptor {
        schema: "app",
        name: "notes",
        qualified: "app.notes",
        columns: &["id", "text"],
        types: &[ParameterType::Integer, ParameterType::Text],
        fields: 2,
        key: &[0],
        orders: &[
            OrderDescriptor {
                name: "by_text",
                pinned: &[],
                order: &[(1, Direction::Ascending), (0, Direction::Ascending)],
                condition: None,
            },
            OrderDescriptor {
                name: "by_number",
                pinned: &[],
                order: &[(0, Direction::Ascending)],
                condition: Some("length(text) > 3"),
            },
        ],
        row_rules: r#"{"columns": {"text": {"collated": true}}}"#,
        ..TableDescriptor::NONE
    };

    fn refused(order: usize) -> String {
        let mut tables = Tables::default();
        let now = Timestamp::new(chrono::DateTime::UNIX_EPOCH);
        let row = vec![Parameter::Integer(Some(1)), Parameter::Text(Some("ä".into()))];
        let inserted = tables.write(now, |writer| writer.insert(&TABLE, row));
        inserted.expect("inserts");
        let selection = Selection {
            table: &TABLE,
            tenant: None,
            order: Some(&TABLE.orders[order]),
            pins: Vec::new(),
            filters: Vec::new(),
            with_deleted: false,
            due: false,
        };
        match selected(tables.of(&TABLE), &selection, now) {
            Err(error @ Error::NotInMemory { .. }) => error.to_string(),
            other => panic!("expected a refusal, not {other:?}"),
        }
    }

    #[test]
    fn an_order_by_a_collation_of_its_own_is_refused() {
        let said = refused(0);
        assert!(
            said.contains("`app.notes.text` are ordered by the database alone"),
            "{said}"
        );
        assert!(said.contains("test it on PostgreSQL"), "{said}");
    }

    #[test]
    fn an_order_of_rows_that_would_be_guessed_is_refused() {
        let said = refused(1);
        assert!(
            said.contains("the condition `length(text) > 3` of an index"),
            "{said}"
        );
    }
}
