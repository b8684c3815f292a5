//! The steps of an exception: decided, taken back, superseded.

use crate::schema::policy::{Exception, ExceptionRepository, ExceptionStatus, NewException};
use crate::{Error, Id, Swapped, TenantScope, Timestamp};

impl ExceptionRepository {
    /// Puts a proposed exception in force, as somebody else than who asked for it.
    ///
    /// # Errors
    /// [`Error::CheckViolation`] when who asked decides; otherwise as
    /// [`crate::Repository::compare_and_swap_with`].
    pub async fn approve(
        &self,
        id: Id<Exception>,
        by: &str,
        at: Timestamp,
    ) -> Result<Swapped<Exception>, Error> {
        let swap = Exception::STATUS
            .from(ExceptionStatus::Proposed)
            .to(ExceptionStatus::Active);
        let patch = Exception::patch()
            .decided_by(Some(by.into()))
            .decided_at(Some(at));
        self.compare_and_swap_with(id, swap, patch).await
    }

    /// Turns a proposed exception down.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn reject(
        &self,
        id: Id<Exception>,
        by: &str,
        reason: &str,
        at: Timestamp,
    ) -> Result<Swapped<Exception>, Error> {
        let swap = Exception::STATUS
            .from(ExceptionStatus::Proposed)
            .to(ExceptionStatus::Rejected);
        let patch = Exception::patch()
            .decided_by(Some(by.into()))
            .decided_at(Some(at))
            .status_reason(Some(reason.into()));
        self.compare_and_swap_with(id, swap, patch).await
    }

    /// Takes an active exception back before its end.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn revoke(&self, id: Id<Exception>, reason: &str) -> Result<Swapped<Exception>, Error> {
        let swap = Exception::STATUS
            .from(ExceptionStatus::Active)
            .to(ExceptionStatus::Revoked);
        let patch = Exception::patch().status_reason(Some(reason.into()));
        self.compare_and_swap_with(id, swap, patch).await
    }

    /// Marks an active exception as past its end.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap`].
    pub async fn expire(&self, id: Id<Exception>) -> Result<Swapped<Exception>, Error> {
        let swap = Exception::STATUS
            .from(ExceptionStatus::Active)
            .to(ExceptionStatus::Expired);
        self.compare_and_swap(id, swap).await
    }

    /// Puts another decision in the place of an active exception, in one transaction: the old one becomes
    /// superseded, the new one is inserted and names it. Gives the new one; none when the old one was not
    /// active any more, and then nothing changes.
    ///
    /// # Errors
    /// As [`crate::Repository::insert`] and [`crate::Repository::compare_and_swap`].
    pub async fn supersede(
        scope: &TenantScope,
        id: Id<Exception>,
        successor: NewException,
    ) -> Result<Option<Exception>, Error> {
        let transaction = scope.begin().await?;
        let exceptions = transaction.repository::<ExceptionRepository>();
        let swap = Exception::STATUS
            .from(ExceptionStatus::Active)
            .to(ExceptionStatus::Superseded);
        if !exceptions.compare_and_swap(id, swap).await?.is_won() {
            transaction.rollback().await?;
            return Ok(None);
        }
        let successor = exceptions.insert(successor.supersedes_id(Some(id))).await?;
        transaction.commit().await?;
        Ok(Some(successor))
    }
}
