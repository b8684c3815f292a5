use crate::column::Swap;
use crate::error::Error;
use crate::repository::{Repository, decode_first};
use crate::table::{Changeable, NamedAssignments, Patchable, SwapStatement, Table, Update, tenancy};
use crate::value::Parameter;

/// What became of a compare-and-swap.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a compare-and-swap can be lost"]
pub enum Swapped<T> {
    /// The column had the expected value; the row as it is stored now.
    Won(T),
    /// The column had another value, or there is no such row.
    Lost,
}

impl<T> Swapped<T> {
    /// Whether the swap was won.
    pub fn is_won(&self) -> bool {
        matches!(self, Swapped::Won(_))
    }

    /// The row, if the swap was won.
    pub fn won(self) -> Option<T> {
        match self {
            Swapped::Won(row) => Some(row),
            Swapped::Lost => None,
        }
    }
}

// The bounds stand at each verb, not here: only there does the compiler say in our words what is missing.
impl<T: Table, A> Repository<T, A> {
    /// Changes one column from an expected value to a new one, and says whether it won.
    ///
    /// # Errors
    /// [`Error::IllegalTransition`] for a step that the status does not allow.
    pub async fn compare_and_swap(&self, key: T::Key, swap: Swap<T>) -> Result<Swapped<T>, Error>
    where
        T: Changeable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let statement = self.swap_statement(swap.position)?;
        let mut parameters = self.swap_parameters(&key, swap)?;
        parameters.extend(self.touched(self.session.now()));
        self.swapped(statement.swap, parameters).await
    }

    /// As [`Repository::compare_and_swap`], with a patch in the same statement: a failed job and the
    /// reason of its failure appear together, or not at all. Where a patch can set the swapped column too,
    /// the swap's value is the one that is stored.
    ///
    /// # Errors
    /// As [`Repository::compare_and_swap`]; [`Error::CheckViolation`].
    pub async fn compare_and_swap_with(
        &self,
        key: T::Key,
        swap: Swap<T>,
        patch: T::Assignments<Update>,
    ) -> Result<Swapped<T>, Error>
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let statement = self.swap_statement(swap.position)?;
        let patch = patch.into_assignments().into_patch(Self::TABLE)?;
        let mut parameters = self.swap_parameters(&key, swap)?;
        parameters.extend(self.touched(self.session.now()));
        parameters.extend(patch);
        self.swapped(statement.swap_with_patch, parameters).await
    }

    fn swap_statement(&self, position: usize) -> Result<&'static SwapStatement, Error> {
        let mut swaps = Self::TABLE.statements.swaps.iter();
        // The column's type says that it is swappable, so a miss means that descriptor and derive differ.
        swaps
            .find(|statement| statement.column == position)
            .ok_or(Error::Encode(crate::value::EncodeError::NoColumn {
                column: position,
            }))
    }

    fn swap_parameters(&self, key: &T::Key, swap: Swap<T>) -> Result<Vec<Parameter>, Error> {
        let mut parameters = self.row_parameters(key)?;
        parameters.push(swap.expected?);
        parameters.push(swap.new?);
        Ok(parameters)
    }

    async fn swapped(&self, sql: &'static str, parameters: Vec<Parameter>) -> Result<Swapped<T>, Error> {
        let rows = self
            .session
            .rows(sql, parameters)
            .await
            .map_err(|error| error.of_row(Self::TABLE))?;
        Ok(decode_first(&rows)?.map_or(Swapped::Lost, Swapped::Won))
    }
}
