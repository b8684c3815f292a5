use crate::error::Error;
use crate::repository::Repository;
use crate::table::{Changeable, Deletable, SoftDeletable, Table, tenancy};
use crate::value::Parameter;

// The bounds stand at each verb, not here: only there does the compiler say in our words what is missing.
impl<T: Table, A> Repository<T, A> {
    /// Deletes the row for good, marked as deleted or not. Says whether there was one.
    ///
    /// # Errors
    /// [`Error::ForeignKeyViolation`] when other rows point at it.
    pub async fn delete(&self, key: T::Key) -> Result<bool, Error>
    where
        T: Changeable + Deletable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let parameters = self.row_parameters(&key)?;
        Ok(self
            .session
            .execute(Self::TABLE.statements.delete, parameters)
            .await?
            > 0)
    }

    /// Marks the row as deleted: no read sees it any more but those `with_deleted`. Says whether
    /// there was one that was not marked yet.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn soft_delete(&self, key: T::Key) -> Result<bool, Error>
    where
        T: SoftDeletable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let now = self.session.now();
        let mut parameters = self.row_parameters(&key)?;
        parameters.push(Parameter::TimestampTz(Some(now.utc())));
        parameters.extend(self.touched(now));
        Ok(self
            .session
            .execute(Self::TABLE.statements.soft_delete, parameters)
            .await
            .map_err(|error| error.of_row(Self::TABLE))?
            > 0)
    }

    /// Takes the mark away. Says whether there was a row that was marked.
    ///
    /// # Errors
    /// [`Error::UniqueViolation`] when its place was taken meanwhile.
    pub async fn restore(&self, key: T::Key) -> Result<bool, Error>
    where
        T: SoftDeletable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let mut parameters = self.row_parameters(&key)?;
        parameters.extend(self.touched(self.session.now()));
        Ok(self
            .session
            .execute(Self::TABLE.statements.restore, parameters)
            .await
            .map_err(|error| error.of_row(Self::TABLE))?
            > 0)
    }
}
