use sqlx::Row as _;

use crate::error::Error;
use crate::repository::{Repository, decode_first};
use crate::table::Table;

impl<T: Table, A> Repository<T, A> {
    /// The row of that key, if this scope can see one; not when it is marked as deleted.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn get(&self, key: T::Key) -> Result<Option<T>, Error> {
        let parameters = self.row_parameters(&key)?;
        decode_first(&self.session.rows(Self::TABLE.statements.get, parameters).await?)
    }

    /// Whether there is such a row, without reading it.
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
