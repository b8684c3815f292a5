use sqlx::Row as _;

use crate::error::Error;
use crate::repository::Repository;
use crate::table::Table;

impl<T: Table, A> Repository<T, A> {
    /// Whether there is a row of that key, without reading it; not when it is marked as deleted.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn exists(&self, key: T::Key) -> Result<bool, Error> {
        let parameters = self.row_parameters(&key)?;
        let rows = self
            .session
            .rows(Self::TABLE.statements.exists, parameters)
            .await?;
        Ok(rows
            .first()
            .map(|row| row.try_get(0))
            .transpose()?
            .unwrap_or(false))
    }
}
