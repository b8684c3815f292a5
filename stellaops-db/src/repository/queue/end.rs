use std::time::Duration;

use crate::column::Swap;
use crate::error::Error;
use crate::pause::pause;
use crate::queue::{Failed, Failure, Held, milliseconds};
use crate::repository::Repository;
use crate::table::{
    Assignments, ColumnDefault, Completable, NamedAssignments, Patchable, Queue, QueueDescriptor, Table,
    Update, tenancy,
};
use crate::value::{EncodeError, Parameter};

impl<T: Table, A> Repository<T, A> {
    /// Ends a row that is held: it is done. Why it failed before is forgotten.
    ///
    /// # Errors
    /// [`Error::LeaseLost`]: nothing has changed; another worker has the row, or somebody ended it.
    pub async fn complete(&self, held: &impl Held<T>) -> Result<T, Error>
    where
        T: Completable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.completed(held).await
    }

    /// As [`Repository::complete`], with a patch in the same statement: what came of the work.
    ///
    /// # Errors
    /// As [`Repository::complete`]; [`Error::CheckViolation`].
    pub async fn complete_with(&self, held: &impl Held<T>, patch: T::Assignments<Update>) -> Result<T, Error>
    where
        T: Completable + Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.completed_with(held, patch.into_assignments().into_patch(Self::TABLE))
            .await
    }

    /// Ends a row that is held by another step of its status, with a patch in the same statement: a job that was
    /// found to be pointless is cancelled.
    ///
    /// # Errors
    /// As [`Repository::complete`]; [`Error::IllegalTransition`]; [`Error::CheckViolation`];
    /// [`Error::Encode`] for a step of a column that is not the queue's status.
    pub async fn finish_with(
        &self,
        held: &impl Held<T>,
        step: Swap<T>,
        patch: T::Assignments<Update>,
    ) -> Result<T, Error>
    where
        T: Completable + Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let steps = Self::queue()?.steps.as_ref();
        if steps.is_none_or(|steps| steps.status != step.position) {
            let column = step.position;
            return Err(Error::Encode(EncodeError::NoColumn { column }));
        }
        let patch = patch.into_assignments().into_patch(Self::TABLE)?;
        self.finished(held, step.new?, patch).await
    }

    /// Says that a row that is held could not be done. It is tried again later: after the queue's wait, which grows
    /// with each attempt, or the failure's own; or it is given up, when that was the last attempt or the failure
    /// says so.
    ///
    /// # Errors
    /// [`Error::LeaseLost`]; [`Error::OutOfRange`] for a wait of more than a year.
    pub async fn fail(&self, held: &impl Held<T>, failure: impl Into<Failure>) -> Result<Failed<T>, Error>
    where
        T: Queue,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.fail_held(held, failure.into()).await
    }

    pub(crate) async fn fail_held(&self, held: &impl Held<T>, failure: Failure) -> Result<Failed<T>, Error> {
        let queue = Self::queue()?;
        let wait = failure
            .after
            .unwrap_or_else(|| usual_wait(queue, held.lease().attempt()));
        let wait = milliseconds("wait in milliseconds", wait.max(Duration::from_millis(1)))?;
        let mut told = Vec::new();
        if queue.has_reason {
            told.push(Parameter::Text(Some(failure.reason)));
        }
        let failed = queue.steps.as_ref().and_then(|steps| steps.failed.as_ref());
        if failed.is_some() {
            told.push(Parameter::Boolean(Some(failure.is_for_good)));
        }
        let wait = vec![Parameter::BigInt(Some(wait))];
        let row = self
            .of_held(|queue| queue.statements.fail, held, wait, told)
            .await?;
        Ok(match is_given_up(&row, queue)? {
            true => Failed::ForGood(row),
            false => Failed::Again(row),
        })
    }

    pub(crate) async fn completed(&self, held: &impl Held<T>) -> Result<T, Error> {
        let nothing = Assignments::<Update>::new().into_patch(Self::TABLE);
        self.completed_with(held, nothing).await
    }

    pub(crate) async fn completed_with(
        &self,
        held: &impl Held<T>,
        patch: Result<Vec<Parameter>, EncodeError>,
    ) -> Result<T, Error> {
        let steps = Self::queue()?.steps.as_ref();
        let done = steps.and_then(|steps| steps.done.constant());
        let done = done.ok_or(EncodeError::NoColumn { column: 0 })?;
        self.finished(held, done, patch?).await
    }

    async fn finished(
        &self,
        held: &impl Held<T>,
        status: Parameter,
        patch: Vec<Parameter>,
    ) -> Result<T, Error> {
        self.of_held(|queue| queue.statements.finish, held, vec![status], patch)
            .await
    }
}

fn usual_wait(queue: &QueueDescriptor, attempt: i32) -> Duration {
    let seconds = |number: u32| Duration::from_secs(number.into());
    let failures = u32::try_from(attempt).unwrap_or(1);
    pause(
        seconds(queue.retry_after),
        seconds(queue.retry_after_most),
        failures,
    )
}

fn is_given_up<T: Table>(row: &T, queue: &QueueDescriptor) -> Result<bool, Error> {
    let Some(steps) = &queue.steps else {
        return Ok(false);
    };
    let failed = steps.failed.as_ref().and_then(ColumnDefault::constant);
    Ok(failed == Some(row.parameter(steps.status)?))
}
