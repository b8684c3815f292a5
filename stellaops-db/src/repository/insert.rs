use crate::error::Error;
use crate::repository::{Repository, decode_first};
use crate::table::{Insert, NamedAssignments, Table, Upsertable, tenancy};
use crate::tenant::TenantId;
use crate::value::Parameter;

// The bounds stand at each verb, not here: only there does the compiler say in our words what is missing.
impl<T: Table, A> Repository<T, A> {
    /// Inserts a row and gives it back as it is stored.
    ///
    /// # Errors
    /// [`Error::UniqueViolation`], [`Error::ForeignKeyViolation`], [`Error::CheckViolation`].
    pub async fn insert(&self, row: T::Assignments<Insert>) -> Result<T, Error>
    where
        A: tenancy::Writes<T::Tenancy>,
    {
        let parameters = self.new_row(row)?;
        let rows = self
            .session
            .rows(Self::TABLE.statements.insert, parameters)
            .await
            .map_err(|error| error.of_row(Self::TABLE))?;
        decode_first(&rows)?.ok_or(Error::NotFound {
            table: Self::TABLE.qualified,
        })
    }

    /// Inserts a row, or sets the patchable columns of the row with that key. A status and what is
    /// immutable keep their value; a row that is marked as deleted is not changed.
    ///
    /// # Errors
    /// As [`Repository::insert`]; [`Error::NotFound`] when the row is marked as deleted.
    pub async fn upsert(&self, row: T::Assignments<Insert>) -> Result<T, Error>
    where
        T: Upsertable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let parameters = self.new_row(row)?;
        let rows = self
            .session
            .rows(Self::TABLE.statements.upsert, parameters)
            .await
            .map_err(|error| error.of_row(Self::TABLE))?;
        decode_first(&rows)?.ok_or(Error::NotFound {
            table: Self::TABLE.qualified,
        })
    }

    fn new_row(&self, row: T::Assignments<Insert>) -> Result<Vec<Parameter>, Error> {
        // A global table's rows have no tenant; the context's is then never asked for.
        let nobody = TenantId::global();
        let tenant = self.session.tenant.as_ref().unwrap_or(&nobody);
        let context = self.session.insert_context(tenant);
        Ok(row.into_assignments().into_row(Self::TABLE, &context)?)
    }
}
