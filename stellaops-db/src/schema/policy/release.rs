//! The steps of a pack's version from draft to active.

use crate::schema::policy::{PackVersion, PackVersionRepository, PackVersionStatus};
use crate::{Error, Id, Swapped, TenantScope, Timestamp};

impl PackVersionRepository {
    /// Hands a draft in for review.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn submit(&self, id: Id<PackVersion>, at: Timestamp) -> Result<Swapped<PackVersion>, Error> {
        let swap = PackVersion::STATUS
            .from(PackVersionStatus::Draft)
            .to(PackVersionStatus::Submitted);
        let patch = PackVersion::patch().submitted_at(Some(at));
        self.compare_and_swap_with(id, swap, patch).await
    }

    /// Approves a submitted version, as somebody else than its author.
    ///
    /// # Errors
    /// [`Error::CheckViolation`] when the author decides; otherwise as
    /// [`crate::Repository::compare_and_swap_with`].
    pub async fn approve(
        &self,
        id: Id<PackVersion>,
        by: &str,
        note: Option<String>,
        at: Timestamp,
    ) -> Result<Swapped<PackVersion>, Error> {
        self.decide(id, PackVersionStatus::Approved, by, note, at).await
    }

    /// Sends a submitted version back to its author.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn send_back(
        &self,
        id: Id<PackVersion>,
        by: &str,
        note: Option<String>,
        at: Timestamp,
    ) -> Result<Swapped<PackVersion>, Error> {
        self.decide(id, PackVersionStatus::Draft, by, note, at).await
    }

    /// Puts an approved version in force, in one transaction with taking the active one of its pack back to
    /// approved. Nothing changes when the version is not approved any more.
    ///
    /// # Errors
    /// [`Error::UniqueViolation`] when another version was activated meanwhile; otherwise as
    /// [`crate::Repository::compare_and_swap_with`].
    pub async fn activate(
        scope: &TenantScope,
        id: Id<PackVersion>,
        at: Timestamp,
    ) -> Result<Swapped<PackVersion>, Error> {
        let transaction = scope.begin().await?;
        let versions = transaction.repository::<PackVersionRepository>();
        let Some(version) = versions.get(id).await? else {
            return Err(Error::NotFound {
                table: "policy.pack_versions",
            });
        };
        if let Some(active) = versions.get_by_active(version.pack_id).await?
            && active.id != id
        {
            let step_down = PackVersion::STATUS
                .from(PackVersionStatus::Active)
                .to(PackVersionStatus::Approved);
            // Lost, it has left already; the unique key keeps a third version out.
            let _left = versions.compare_and_swap(active.id, step_down).await?;
        }
        let step_up = PackVersion::STATUS
            .from(PackVersionStatus::Approved)
            .to(PackVersionStatus::Active);
        let patch = PackVersion::patch().activated_at(Some(at));
        let swapped = versions.compare_and_swap_with(id, step_up, patch).await?;
        if swapped.is_won() {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(swapped)
    }

    async fn decide(
        &self,
        id: Id<PackVersion>,
        decision: PackVersionStatus,
        by: &str,
        note: Option<String>,
        at: Timestamp,
    ) -> Result<Swapped<PackVersion>, Error> {
        let swap = PackVersion::STATUS
            .from(PackVersionStatus::Submitted)
            .to(decision);
        let patch = PackVersion::patch()
            .decided_by(Some(by.into()))
            .decided_at(Some(at))
            .decision_note(note);
        self.compare_and_swap_with(id, swap, patch).await
    }
}
