//! Values for columns: those of a row to be, or of a change.

use std::marker::PhantomData;

use uuid::Uuid;

use crate::clock::IdSource;
use crate::column::Column;
use crate::table::{ColumnDefault, TableDescriptor};
use crate::tenant::TenantId;
use crate::timestamp::Timestamp;
use crate::value::{EncodeError, Parameter, Value};

/// What assignments are for: [`Insert`] or [`Update`].
pub trait Purpose: Send + Sync + 'static {}

/// A row to be: what is not assigned gets its default.
#[derive(Debug)]
pub struct Insert;

/// A change of a row: what is not assigned stays as it is.
#[derive(Debug)]
pub struct Update;

impl Purpose for Insert {}
impl Purpose for Update {}

/// Values for some columns of a table, encoded; the derived types give them names and setters.
///
/// A value that cannot be stored is told by the verb that is given the assignments. `Debug` shows no
/// value.
#[derive(Debug)]
pub struct Assignments<P> {
    assigned: Vec<(usize, Result<Parameter, EncodeError>)>,
    purpose: PhantomData<fn() -> P>,
}

/// Assignments to columns of one table. Derived.
pub trait NamedAssignments<P>: Send + Sync + 'static {
    /// The assignments without the table's name.
    fn into_assignments(self) -> Assignments<P>;
}

/// What a new row is given by the scope that inserts it.
pub(crate) struct InsertContext<'a> {
    /// The tenant of the scope.
    pub(crate) tenant: &'a TenantId,
    /// The client's clock, read once for all rows of a call.
    pub(crate) now: Timestamp,
    /// Where ids come from.
    pub(crate) ids: &'a dyn IdSource,
}

impl<P> Assignments<P> {
    /// No assignment yet.
    pub const fn new() -> Self {
        Assignments {
            assigned: Vec::new(),
            purpose: PhantomData,
        }
    }

    /// The text that is assigned to a column, for a service's own methods on rows to be; none where it is
    /// assigned nothing, NULL, or what is no text.
    pub fn text<T, V, K>(&self, column: Column<T, V, K>) -> Option<&str> {
        match self.assigned(column.0)? {
            Parameter::Text(text) => text.as_deref(),
            _ => None,
        }
    }

    /// As [`Assignments::text`], of a column that holds ids.
    pub fn uuid<T, V, K>(&self, column: Column<T, V, K>) -> Option<Uuid> {
        match self.assigned(column.0)? {
            Parameter::Uuid(id) => *id,
            _ => None,
        }
    }

    fn assigned(&self, column: usize) -> Option<&Parameter> {
        let (_, value) = self.assigned.iter().find(|(known, _)| *known == column)?;
        value.as_ref().ok()
    }

    fn set(&mut self, column: usize, value: Result<Parameter, EncodeError>) {
        match self.assigned.iter_mut().find(|(known, _)| *known == column) {
            Some(assigned) => assigned.1 = value,
            None => self.assigned.push((column, value)),
        }
    }

    /// The value of a column, if it is assigned one.
    fn take(&mut self, table: &TableDescriptor, column: usize) -> Option<Result<Parameter, EncodeError>> {
        let position = self.assigned.iter().position(|(known, _)| *known == column)?;
        let (_, value) = self.assigned.swap_remove(position);
        Some(value.map_err(|cause| EncodeError::Assigned {
            table: table.qualified,
            column: table.column_name(column),
            cause: Box::new(cause),
        }))
    }
}

/// Assigns a value to the column at that position of the descriptor; a later one takes its place. A function,
/// because each setter calls it, and the compiler finds a function faster than a method.
pub fn assign<P, V: Value>(mut assignments: Assignments<P>, column: usize, value: V) -> Assignments<P> {
    assignments.set(column, value.to_parameter());
    assignments
}

impl<P> Default for Assignments<P> {
    fn default() -> Self {
        Assignments::new()
    }
}

impl Assignments<Insert> {
    /// The values of the inserted columns, in the order of the INSERT.
    pub(crate) fn into_row(
        mut self,
        table: &TableDescriptor,
        context: &InsertContext<'_>,
    ) -> Result<Vec<Parameter>, EncodeError> {
        let inserted = table.inserted();
        let values = inserted.map(|column| match self.take(table, column) {
            // The tenant comes first, and is the scope's.
            _ if table.has_tenant && column == 0 => Ok(Parameter::Tenant(context.tenant.clone())),
            Some(value) => value,
            None => Ok(default(table, column, context)),
        });
        values.collect()
    }
}

impl Assignments<Update> {
    /// What is assigned to which columns, as the statements take a patch: the mask, then a value for each
    /// patchable column. Nothing where the table has none.
    pub(crate) fn into_patch(mut self, table: &TableDescriptor) -> Result<Vec<Parameter>, EncodeError> {
        if table.patchable.is_empty() {
            return Ok(Vec::new());
        }
        let mut mask = Vec::with_capacity(table.patchable.len());
        let mut values = Vec::with_capacity(table.patchable.len());
        for column in table.patchable {
            let assigned = self.take(table, *column);
            mask.push(assigned.is_some());
            values.push(assigned.unwrap_or_else(|| Ok(table.null(*column)))?);
        }
        values.insert(0, Parameter::BooleanArray(mask));
        Ok(values)
    }

    /// What is assigned to which of the columns that a patch may set.
    #[cfg(feature = "memory")]
    pub(crate) fn into_changes(
        mut self,
        table: &TableDescriptor,
    ) -> Result<Vec<(usize, Parameter)>, EncodeError> {
        let columns = table.patchable.iter();
        let changes = columns.filter_map(|column| Some((*column, self.take(table, *column)?)));
        changes.map(|(column, value)| Ok((column, value?))).collect()
    }
}

/// The default of a column as the database is sent it; the same value as in the schema's SQL.
fn default(table: &TableDescriptor, column: usize, context: &InsertContext<'_>) -> Parameter {
    let default = table.defaults.iter().find(|(known, _)| *known == column);
    match default.map(|(_, default)| default) {
        None => table.null(column),
        Some(ColumnDefault::Now) => Parameter::TimestampTz(Some(context.now.utc())),
        Some(ColumnDefault::UuidV7) => Parameter::Uuid(Some(context.ids.next())),
        Some(constant) => constant.constant().unwrap_or_else(|| table.null(column)),
    }
}
