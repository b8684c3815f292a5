//! Pages: what is read for one, and where the next and the previous begin. Knows no table.

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::query::cursor::Position;
use crate::query::ends::{self, Ends};
use crate::query::join::Join;
use crate::query::select::{self, Built, Part, Selection};
use crate::query::{Cursor, Lock};
use crate::scope::Session;
use crate::table::{OrderDescriptor, TableDescriptor};
use crate::value::{Parameter, Row};

/// A page of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows, in the order that was asked for.
    pub rows: Vec<T>,
    /// The next page; none when this is the last one.
    pub next: Option<Cursor>,
    /// The previous page; none when this is the first one. Behind a cursor there is always one, which is empty
    /// when its rows have been deleted.
    pub previous: Option<Cursor>,
}

/// A page that is not decoded yet.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) rows: Vec<PgRow>,
    /// Of each row.
    pub(super) children: Vec<Vec<PgRow>>,
    /// Whether it was read from its end.
    pub(super) backward: bool,
    pub(super) next: Option<Cursor>,
    pub(super) previous: Option<Cursor>,
}

/// What is read of the rows of an order: the columns that are asked for, and behind them those of the order
/// that are not among them, for cursors.
#[derive(Clone)]
pub(super) struct Columns {
    table: &'static TableDescriptor,
    order: &'static OrderDescriptor,
    pub(super) positions: Vec<usize>,
    /// Where in the row the columns of the order are.
    ordered: Vec<usize>,
}

impl Columns {
    pub(super) fn new(
        table: &'static TableDescriptor,
        order: &'static OrderDescriptor,
        mut positions: Vec<usize>,
    ) -> Self {
        let mut ordered = Vec::new();
        for (column, _) in order.order {
            let index = positions.iter().position(|position| position == column);
            ordered.push(index.unwrap_or(positions.len()));
            if index.is_none() {
                positions.push(*column);
            }
        }
        Columns {
            table,
            order,
            positions,
            ordered,
        }
    }

    /// The values of the order in a row.
    pub(super) fn values(&self, row: &PgRow) -> Result<Vec<Parameter>, Error> {
        let columns = self.order.order.iter().zip(&self.ordered);
        let values = columns.map(|((column, _), index)| {
            let value = self.table.types[*column].read(&Row::new(row), *index);
            value.map_err(|cause| Error::Decode {
                table: self.table.qualified,
                cause,
            })
        });
        values.collect()
    }
}

/// A list whose values are encoded.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) session: Session,
    pub(super) selection: Selection,
    pub(super) columns: Columns,
    pub(super) lock: Option<Lock>,
}

impl Asked {
    /// What cursors of this list are bound to, and where one says that reading begins.
    pub(super) fn open(&self, cursor: Option<&Cursor>) -> Result<([u8; 16], Option<Position>), Error> {
        let (query, keys) = (self.selection.fingerprint(), &self.session.shared.cursor_keys);
        Ok((query, ends::open(&self.selection, query, cursor, keys)?))
    }
}

/// Reads the page at the cursor, or the first one.
pub(super) async fn read(
    asked: Asked,
    cursor: Option<&Cursor>,
    limit: u32,
    join: Option<Join>,
) -> Result<Raw, Error> {
    let (query, from) = asked.open(cursor)?;
    let (session, columns) = (asked.session, asked.columns);
    let part = Part {
        columns: &columns.positions,
        from: from.as_ref(),
        limit: Some(i64::from(limit) + 1),
        lock: asked.lock,
    };
    let Built { sql, parameters } = select::rows(asked.selection, &part, join.clone());
    let rows = session.built_rows(sql, parameters).await?;
    let mut families = Families::of(rows, columns.positions.len(), join.as_ref())?;
    let backward = from.as_ref().is_some_and(|from| from.backward);
    let ends = Ends {
        from: from.as_ref(),
        has_more: families.cut(limit as usize, backward),
    };
    let Families { rows, children } = families;
    let values = |row: Option<&PgRow>| row.map(|row| columns.values(row)).transpose();
    let previous = ends.position(true, || values(rows.first()))?;
    let next = ends.position(false, || values(rows.last()))?;
    let seal = |position: Option<Position>| Cursor::seal(&position?, query, &session.shared.cursor_keys);
    let (previous, next) = (seal(previous), seal(next));
    Ok(Raw {
        rows,
        children,
        backward,
        next,
        previous,
    })
}

/// Rows, and the children of each.
pub(super) struct Families {
    pub(super) rows: Vec<PgRow>,
    pub(super) children: Vec<Vec<PgRow>>,
}

impl Families {
    /// Of a statement's rows, which begin with so many columns of the table itself: where children were asked for
    /// they come behind their parent, and the last column says which a row is.
    pub(super) fn of(rows: Vec<PgRow>, columns: usize, join: Option<&Join>) -> Result<Self, Error> {
        let Some(Join::Children(join)) = join else {
            let children = rows.iter().map(|_| Vec::new()).collect();
            return Ok(Families { rows, children });
        };
        let is_child = columns + join.child.fields + 1;
        let (mut parents, mut children) = (Vec::new(), Vec::<Vec<PgRow>>::new());
        for row in rows {
            match (row.try_get(is_child)?, children.last_mut()) {
                (true, Some(siblings)) => siblings.push(row),
                _ => {
                    parents.push(row);
                    children.push(Vec::new());
                }
            }
        }
        Ok(Families {
            rows: parents,
            children,
        })
    }

    /// Makes a page of what was read, which is one row more if there are more, and says whether there are.
    fn cut(&mut self, limit: usize, backward: bool) -> bool {
        let has_more = self.rows.len() > limit;
        self.rows.truncate(limit);
        self.children.truncate(limit);
        if backward {
            self.rows.reverse();
            self.children.reverse();
        }
        has_more
    }
}
