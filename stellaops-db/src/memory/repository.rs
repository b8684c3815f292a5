//! The rows of one table in memory, with their types.

use std::marker::PhantomData;

use crate::bulk::BulkReport;
use crate::column::Swap;
use crate::error::Error;
use crate::memory::session::{Session, assign};
use crate::memory::write::{self, DocumentChange};
use crate::query::select::Selection;
use crate::query::{Edit, Filter, Listing, Lookup};
use crate::repository::{Page, Rows, Swapped};
use crate::table::{
    Changeable, Deletable, Insert, Key, NamedAssignments, Patchable, SoftDeletable, Table, TableDescriptor,
    Update, Upsertable, Versioned, tenancy,
};
use crate::tenant::TenantId;
use crate::value::{Parameter, ParameterType, Row};

/// The rows of one table of a [`MemoryDatabase`](crate::memory::MemoryDatabase), as one scope sees them. Its verbs
/// are those of [`Rows`]. Cheap to clone.
pub struct MemoryRepository<T, A = tenancy::TenantAccess> {
    session: Session,
    marker: PhantomData<fn() -> (T, A)>,
}

impl<T, A> Clone for MemoryRepository<T, A> {
    fn clone(&self) -> Self {
        MemoryRepository {
            session: self.session.clone(),
            marker: PhantomData,
        }
    }
}

impl<T: Table, A> std::fmt::Debug for MemoryRepository<T, A> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "MemoryRepository({})", T::DESCRIPTOR.qualified)
    }
}

impl<T: Table, A> MemoryRepository<T, A> {
    const TABLE: &'static TableDescriptor = T::DESCRIPTOR;

    pub(super) fn new(session: Session) -> Self {
        session.open(Self::TABLE);
        MemoryRepository {
            session,
            marker: PhantomData,
        }
    }

    fn decode(row: &[Parameter]) -> Result<T, Error> {
        T::decode(&Row::in_memory(row)).map_err(|cause| Error::Decode {
            table: Self::TABLE.qualified,
            cause,
        })
    }

    /// The values of a new row as an INSERT names them.
    fn new_row(&self, row: T::Assignments<Insert>) -> Result<Vec<Parameter>, Error> {
        // A global table's rows have no tenant; the context's is then never asked for.
        let nobody = TenantId::global();
        let tenant = self.session.tenant.as_ref().unwrap_or(&nobody);
        let context = self.session.insert_context(tenant);
        Ok(row.into_assignments().into_row(Self::TABLE, &context)?)
    }

    fn patch(&self, key: T::Key, patch: T::Assignments<Update>, expected: Option<i64>) -> Result<T, Error> {
        let patch = patch.into_assignments().into_changes(Self::TABLE)?;
        let (session, key) = (&self.session, key.parameters()?);
        let row = session.update(Self::TABLE, key, expected, |values| assign(values, patch))?;
        Self::decode(&row)
    }

    fn swapped(
        &self,
        key: T::Key,
        swap: Swap<T>,
        patch: Vec<(usize, Parameter)>,
    ) -> Result<Swapped<T>, Error> {
        let step = (swap.position, swap.expected?, swap.new?);
        let row = self.session.swap(Self::TABLE, key.parameters()?, step, patch)?;
        Ok(match row {
            Some(row) => Swapped::Won(Self::decode(&row)?),
            None => Swapped::Lost,
        })
    }

    /// Sets or takes away the mark of deletion; says whether there was a row without it, or with it.
    fn mark(&self, key: T::Key, mark: Option<Parameter>) -> Result<bool, Error> {
        let Some(column) = Self::TABLE.soft_delete else {
            return Ok(false);
        };
        let is_meant = |row: &[Parameter]| ParameterType::is_null(&row[column]) == mark.is_some();
        let new = mark.clone().unwrap_or_else(|| Self::TABLE.null(column));
        let change = |values: &mut Vec<Parameter>| values[column] = new;
        let changed = self
            .session
            .change(Self::TABLE, key.parameters()?, is_meant, change)?;
        Ok(changed.is_some())
    }
}

impl<T: Table, A: Send + Sync + 'static> Rows<T, A> for MemoryRepository<T, A> {
    async fn get(&self, key: T::Key) -> Result<Option<T>, Error> {
        let row = self.session.get(Self::TABLE, key.parameters()?)?;
        row.map(|row| Self::decode(&row)).transpose()
    }

    async fn find(&self, lookup: Lookup<T>) -> Result<Option<T>, Error> {
        let row = self.session.find(Self::TABLE, lookup.key, lookup.values)?;
        row.map(|row| Self::decode(&row)).transpose()
    }

    async fn exists(&self, key: T::Key) -> Result<bool, Error> {
        Ok(self.session.get(Self::TABLE, key.parameters()?)?.is_some())
    }

    async fn page(&self, mut listing: Listing<T>) -> Result<Page<T>, Error> {
        let (limit, cursor) = (listing.page_size()?, listing.cursor.take());
        let selection = listing.into_selection(self.session.tenant.clone())?;
        let raw = self.session.page(&selection, cursor.as_ref(), limit)?;
        let rows = raw.rows.iter().map(|row| Self::decode(row));
        Ok(Page {
            rows: rows.collect::<Result<_, _>>()?,
            next: raw.next,
            previous: raw.previous,
        })
    }

    async fn count(&self, filters: impl IntoIterator<Item = Filter<T>> + Send) -> Result<u64, Error> {
        let selection = Selection::counted(self.session.tenant.clone(), filters)?;
        self.session.count(&selection)
    }

    async fn insert(&self, row: T::Assignments<Insert>) -> Result<T, Error>
    where
        A: tenancy::Writes<T::Tenancy>,
    {
        let values = self.new_row(row)?;
        let row = self.session.write(|writer| writer.insert(Self::TABLE, values))?;
        Self::decode(&row)
    }

    async fn insert_many(
        &self,
        rows: impl IntoIterator<Item = T::Assignments<Insert>, IntoIter: Send> + Send,
    ) -> Result<BulkReport, Error>
    where
        A: tenancy::Writes<T::Tenancy>,
    {
        let rows = rows.into_iter().map(|row| self.new_row(row));
        let rows: Vec<Result<Vec<Parameter>, Error>> = rows.collect();
        self.session.write(|writer| {
            let mut report = BulkReport::default();
            for row in rows {
                let inserted = row.and_then(|row| writer.insert(Self::TABLE, row));
                inserted.map_err(|reason| Error::RefusedRow {
                    position: report.inserted,
                    reason: Box::new(reason),
                })?;
                report.inserted += 1;
            }
            Ok(report)
        })
    }

    async fn upsert(&self, row: T::Assignments<Insert>) -> Result<T, Error>
    where
        T: Upsertable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let values = self.new_row(row)?;
        let row = self.session.write(|writer| writer.upsert(Self::TABLE, values))?;
        let missing = Error::NotFound {
            table: Self::TABLE.qualified,
        };
        Self::decode(&row.ok_or(missing)?)
    }

    async fn update(&self, key: T::Key, patch: T::Assignments<Update>) -> Result<T, Error>
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.patch(key, patch, None)
    }

    async fn update_expecting(
        &self,
        key: T::Key,
        version: i64,
        patch: T::Assignments<Update>,
    ) -> Result<T, Error>
    where
        T: Patchable + Versioned,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.patch(key, patch, Some(version))
    }

    async fn edit(&self, key: T::Key, edits: impl IntoIterator<Item = Edit<T>> + Send) -> Result<T, Error>
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let edits = edits.into_iter().map(|edit| {
            let (path, value) = edit.change?;
            Ok((edit.position, path, value))
        });
        let changes = edits.collect::<Result<Vec<DocumentChange>, Error>>()?;
        let (session, key) = (&self.session, key.parameters()?);
        let row = session.update(Self::TABLE, key, None, |values| write::edit(values, &changes))?;
        Self::decode(&row)
    }

    async fn compare_and_swap(&self, key: T::Key, swap: Swap<T>) -> Result<Swapped<T>, Error>
    where
        T: Changeable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.swapped(key, swap, Vec::new())
    }

    async fn compare_and_swap_with(
        &self,
        key: T::Key,
        swap: Swap<T>,
        patch: T::Assignments<Update>,
    ) -> Result<Swapped<T>, Error>
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let patch = patch.into_assignments().into_changes(Self::TABLE)?;
        self.swapped(key, swap, patch)
    }

    async fn delete(&self, key: T::Key) -> Result<bool, Error>
    where
        T: Changeable + Deletable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.session.delete(Self::TABLE, key.parameters()?)
    }

    async fn soft_delete(&self, key: T::Key) -> Result<bool, Error>
    where
        T: SoftDeletable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let now = Parameter::TimestampTz(Some(self.session.now().utc()));
        self.mark(key, Some(now))
    }

    async fn restore(&self, key: T::Key) -> Result<bool, Error>
    where
        T: SoftDeletable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.mark(key, None)
    }
}
