//! The rows of a result as typed values.

use sqlx::postgres::PgRow;
use sqlx::{Column as _, Row as _};

use crate::error::Error;
use crate::table::{Table, read_fields};
use crate::value::{DecodeError, Row, Value};

/// What a row of a query is read into: a struct that derives it, matched with the result's columns by
/// name; a tuple of up to fourteen values, by position; or the struct of a table, by name.
///
/// A field of another name than its column says `#[column("<name>")]`. A column that may be NULL needs an
/// `Option`; `count(*)` is an `i64`. Columns that no field reads are passed over.
///
/// ```
/// #[derive(stellaops_db::QueryRow)]
/// struct StatusCount {
///     status: i16,
///     #[column("count")]
///     number: i64,
///     last: Option<stellaops_db::Timestamp>,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "[SDB0718] `{Self}` is no row of a query",
    label = "this says nothing of the columns that it wants",
    note = "derive `stellaops_db::QueryRow` on a struct with a field for each column, or read a tuple of values, `(i64,)` for one\nrun `stellaops-db explain SDB0718`"
)]
pub trait QueryRow: Sized + Send {
    /// Its name in messages.
    #[doc(hidden)]
    const NAME: &'static str;
    /// The columns that it reads, in its fields' order.
    #[doc(hidden)]
    const COLUMNS: ResultColumns;

    /// Reads a row whose columns are brought into the fields' order.
    ///
    /// # Errors
    /// [`DecodeError`] when a column holds something else.
    #[doc(hidden)]
    fn read(row: &Row<'_>) -> Result<Self, DecodeError>;
}

/// Fails to compile unless `V` is a value. Generated code names it once a field.
pub const fn is_value<V: Value>() {}

/// The columns that a row reads.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum ResultColumns {
    /// Those of these names, wherever they stand.
    Named(&'static [&'static str]),
    /// All of them, which are that many.
    Counted(usize),
}

impl ResultColumns {
    /// Where in the result each of them is.
    fn positions(self, row: &PgRow) -> Result<Vec<usize>, DecodeError> {
        match self {
            ResultColumns::Named(names) => names.iter().map(|name| position(row, name)).collect(),
            ResultColumns::Counted(wanted) if wanted == row.len() => Ok((0..wanted).collect()),
            ResultColumns::Counted(wanted) => Err(DecodeError::ColumnNumber {
                wanted,
                found: row.len(),
            }),
        }
    }
}

fn position(row: &PgRow, name: &'static str) -> Result<usize, DecodeError> {
    let columns = row.columns();
    let mut found = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.name() == name);
    match (found.next(), found.next()) {
        (Some((position, _)), None) => Ok(position),
        (Some(_), Some(_)) => Err(DecodeError::DoubledColumn { column: name }),
        (None, _) => {
            let names = columns.iter().map(|column| format!("`{}`", column.name()));
            Err(DecodeError::NoColumn {
                column: name,
                found: names.collect::<Vec<_>>().join(", "),
            })
        }
    }
}

/// Reads the rows of one result.
pub(super) fn read<R: QueryRow>(rows: &[PgRow]) -> Result<Vec<R>, Error> {
    let misfit = |cause| Error::QueryRow { row: R::NAME, cause };
    let Some(first) = rows.first() else {
        return Ok(Vec::new());
    };
    let positions = R::COLUMNS.positions(first).map_err(misfit)?;
    rows.iter()
        .map(|row| R::read(&Row::arranged(row, &positions)).map_err(misfit))
        .collect()
}

#[diagnostic::do_not_recommend]
impl<T: Table> QueryRow for T {
    const NAME: &'static str = T::DESCRIPTOR.qualified;
    const COLUMNS: ResultColumns =
        ResultColumns::Named(T::DESCRIPTOR.columns.split_at(T::DESCRIPTOR.fields).0);

    fn read(row: &Row<'_>) -> Result<Self, DecodeError> {
        T::decode(row)
    }
}

macro_rules! tuple {
    ($number:literal: $($value:ident)+) => {
        impl<$($value: Value),+> QueryRow for ($($value,)+) {
            const NAME: &'static str = concat!("tuple of ", $number);
            const COLUMNS: ResultColumns = ResultColumns::Counted($number);

            fn read(row: &Row<'_>) -> Result<Self, DecodeError> {
                read_fields(row, 0)
            }
        }
    };
}

tuple!(1: A);
tuple!(2: A B);
tuple!(3: A B C);
tuple!(4: A B C D);
tuple!(5: A B C D E);
tuple!(6: A B C D E F);
tuple!(7: A B C D E F G);
tuple!(8: A B C D E F G H);
tuple!(9: A B C D E F G H I);
tuple!(10: A B C D E F G H I J);
tuple!(11: A B C D E F G H I J K);
tuple!(12: A B C D E F G H I J K L);
tuple!(13: A B C D E F G H I J K L M);
tuple!(14: A B C D E F G H I J K L M N);
