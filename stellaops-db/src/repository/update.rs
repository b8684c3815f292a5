use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::repository::{Repository, decode_first};
use crate::table::{NamedAssignments, Patchable, Table, Update, Versioned, tenancy};
use crate::value::{Parameter, Row};

// The bounds stand at each verb, not here: only there does the compiler say in our words what is missing.
impl<T: Table, A> Repository<T, A> {
    /// Sets the columns of the patch and gives the row back as it is stored. The time of the update
    /// is set, and the row's version counted, even when the patch sets nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`]; as [`Repository::insert`].
    pub async fn update(&self, key: T::Key, patch: T::Assignments<Update>) -> Result<T, Error>
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.patch(key, patch, None).await
    }

    /// As [`Repository::update`], if the row still has that version.
    ///
    /// # Errors
    /// [`Error::VersionConflict`] with the version that was found when the statement began: another update
    /// that ended while this one waited for it is not seen yet, and both versions may then be equal.
    pub async fn update_expecting(
        &self,
        key: T::Key,
        version: i64,
        patch: T::Assignments<Update>,
    ) -> Result<T, Error>
    where
        T: Patchable + Versioned,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.patch(key, patch, Some(version)).await
    }

    async fn patch(
        &self,
        key: T::Key,
        patch: T::Assignments<Update>,
        expected: Option<i64>,
    ) -> Result<T, Error> {
        let patch = patch.into_assignments().into_patch(Self::TABLE)?;
        let mut parameters = self.row_parameters(&key)?;
        parameters.extend(patch);
        parameters.extend(self.touched(self.session.now()));
        if Self::TABLE.row_version.is_some() {
            parameters.push(Parameter::BigInt(expected));
        }
        let rows = self
            .session
            .rows(Self::TABLE.statements.update, parameters)
            .await
            .map_err(|error| error.of_row(Self::TABLE))?;
        self.updated(&rows, expected)
    }

    /// The row that an update gave back, or why there is none.
    pub(super) fn updated(&self, rows: &[PgRow], expected: Option<i64>) -> Result<T, Error> {
        let missing = Error::NotFound {
            table: Self::TABLE.qualified,
        };
        match rows.first() {
            Some(row) if Self::TABLE.row_version.is_some() && Row::new(row).is_null(0).unwrap_or(true) => {
                // Nothing was changed; behind the columns stands the version that was found.
                let found: Option<i64> = row.try_get(Self::TABLE.fields)?;
                Err(match (expected, found) {
                    (Some(expected), Some(found)) => Error::VersionConflict {
                        table: Self::TABLE.qualified,
                        expected,
                        found,
                    },
                    _ => missing,
                })
            }
            _ => decode_first(rows)?.ok_or(missing),
        }
    }
}
