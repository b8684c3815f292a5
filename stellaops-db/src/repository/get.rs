use sqlx::Row as _;

use crate::error::Error;
use crate::repository::{Repository, decode_first};
use crate::table::Table;
use crate::value::{EncodeError, Parameter};

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

    /// The row of a unique key, by the key's position in the specs. The derived repositories call
    /// this under the key's name.
    ///
    /// # Errors
    /// What the database can say.
    #[doc(hidden)]
    pub async fn get_by_unique(
        &self,
        position: usize,
        key: Vec<Result<Parameter, EncodeError>>,
    ) -> Result<Option<T>, Error> {
        let mut parameters = self.session.leading(Self::TABLE.has_tenant);
        for value in key {
            parameters.push(value?);
        }
        decode_first(
            &self
                .session
                .rows(Self::TABLE.statements.get_by_unique[position], parameters)
                .await?,
        )
    }
}
