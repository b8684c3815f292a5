use crate::table::{Table, TableDescriptor};
use crate::value::{DecodeError, Row};

/// What is read of each row of `T`: the whole row, as `T` itself, or some of its columns, as a struct with
/// `#[derive(Projection)]`.
#[diagnostic::on_unimplemented(
    message = "[SDB0719] `{Self}` is no projection of `{T}`",
    label = "these are not columns of that table",
    note = "derive `stellaops_db::Projection` on it and name its table with `#[projection(\"<schema>.<table>\", of = \"{T}\")]`\nrun `stellaops-db explain SDB0719`"
)]
pub trait Projection<T: Table>: Sized + Send + 'static {
    /// The positions of the columns in the table's descriptor, in the order they are read.
    fn columns() -> Vec<usize>;

    /// Reads a row that begins with these columns.
    ///
    /// # Errors
    /// [`DecodeError`] when the database holds something else.
    fn decode(row: &Row<'_>) -> Result<Self, DecodeError>;
}

#[diagnostic::do_not_recommend]
impl<T: Table> Projection<T> for T {
    fn columns() -> Vec<usize> {
        let table: &TableDescriptor = T::DESCRIPTOR;
        (0..table.fields).collect()
    }

    fn decode(row: &Row<'_>) -> Result<Self, DecodeError> {
        T::decode(row)
    }
}
