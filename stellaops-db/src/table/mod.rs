//! What a derive says of a table: data, and a few short bodies.

mod assignments;
mod descriptor;
mod direction;
mod fields;
mod key;
mod named;
mod projection;
mod queue;
mod taken;
pub mod tenancy;
mod verb;

use crate::value::{DecodeError, EncodeError, Parameter, Row};

pub(crate) use assignments::InsertContext;
pub use assignments::{Assignments, Insert, NamedAssignments, Purpose, Update, assign};
pub use descriptor::{
    ChainDescriptor, ColumnDefault, OrderDescriptor, OutboxDescriptor, ReferenceDescriptor, Statements,
    SwapStatement, TableDescriptor, UniqueKeyDescriptor,
};
pub use direction::Direction;
pub(crate) use direction::Nulls;
pub use fields::{parameter, read_fields};
pub use key::Key;
pub use named::{GlobalRepository, NamedReader, NamedRepository};
pub use projection::Projection;
pub use queue::{QueueDescriptor, QueueStatements, QueueSteps};
pub use taken::TakenKey;
pub use verb::{
    Chained, Changeable, Completable, Deletable, Outbox, Partitioned, Patchable, Purgeable, Queue,
    Searchable, SoftDeletable, Upsertable, Verbs, Versioned,
};

/// A struct that is a row of a table. Derived with `#[derive(Table)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table of the specs",
    note = "derive `stellaops_db::Table` on it and name its table with `#[table(\"<schema>.<table>\")]`"
)]
pub trait Table: Sized + Send + Sync + Unpin + 'static {
    /// What names a row: the type of the key's field, a tuple of several, `()` for the registry.
    type Key: Key;
    /// Whose rows these are; decides which scope reaches them.
    type Tenancy: tenancy::Tenancy;
    /// Which verbs it has.
    type Verbs;
    /// Values for its columns: a row to be, or a change of one.
    type Assignments<P: Purpose>: NamedAssignments<P>;
    /// The table.
    const DESCRIPTOR: &'static TableDescriptor;

    /// Reads a row whose columns are the fields in the descriptor's order.
    ///
    /// # Errors
    /// [`DecodeError`] when the database holds something else.
    fn decode(row: &Row<'_>) -> Result<Self, DecodeError>;

    /// The value of a field, by its position.
    ///
    /// # Errors
    /// [`EncodeError`].
    fn parameter(&self, column: usize) -> Result<Parameter, EncodeError>;

    /// What names this row.
    fn key(&self) -> Self::Key;
}

/// The name of the table that an id belongs to; apart from [`Table`], so that a constant can ask it.
#[diagnostic::on_unimplemented(
    message = "[SDB0117] `{Self}` is no table, so there are no ids of it",
    label = "an id names the struct of its table",
    note = "derive `stellaops_db::Table` on it\nrun `stellaops-db explain SDB0117`"
)]
pub trait Identified {
    /// `<schema>.<table>`.
    const TABLE: &'static str;
}
