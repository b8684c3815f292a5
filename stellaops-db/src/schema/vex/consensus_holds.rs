use crate::schema::vex::{Consensus, ConsensusRepository};
use crate::{DbEnum, Error, Id, Table, TenantId, Timestamp, Transaction};

/// A stop on a consensus: until it is released or runs out, the consensus keeps what it says.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.consensus_holds")]
pub struct ConsensusHold {
    /// The id; UUIDv7, made by the client.
    pub id: Id<ConsensusHold>,
    /// Whose hold it is.
    pub tenant_id: TenantId,
    /// The consensus that is held.
    pub consensus_id: Id<Consensus>,
    /// Why it is held.
    pub reason: HoldReason,
    /// Why it is held, in words.
    pub note: String,
    /// Whether the hold stands; changes by compare-and-swap.
    pub state: HoldState,
    /// The subject that placed it.
    pub placed_by: String,
    /// When it runs out unless it is released or prolonged before, by the database's clock.
    pub expires_at: Timestamp,
    /// The subject that released it.
    pub closed_by: Option<String>,
    /// When it ended; none: it is active.
    pub closed_at: Option<Timestamp>,
    /// What was found before it was released.
    pub close_note: Option<String>,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// Why a consensus is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.hold_reason")]
pub enum HoldReason {
    /// Its claims contradict each other.
    Disagreement,
    /// They weigh too little.
    LowConfidence,
    /// Evidence is missing.
    MissingEvidence,
    /// A person wants to look.
    ManualReview,
    /// Nothing may be said yet.
    Embargo,
}

/// Whether a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.hold_state")]
pub enum HoldState {
    /// It does.
    Active,
    /// A person ended it.
    Released,
    /// Its time ran out.
    Expired,
}

impl NewConsensusHold {
    /// Places the hold, and marks its consensus as held.
    ///
    /// # Errors
    /// [`Error::NotFound`] for no such consensus; [`Error::UniqueViolation`] when it is held for that reason
    /// already.
    pub async fn place(self, transaction: &Transaction) -> Result<ConsensusHold, Error> {
        let consensus = self.0.uuid(ConsensusHold::CONSENSUS_ID).ok_or(Error::NotFound {
            table: "vex.consensus",
        })?;
        mark(transaction, Id::new(consensus), true).await?;
        transaction
            .repository::<ConsensusHoldRepository>()
            .insert(self)
            .await
    }
}

impl ConsensusHold {
    /// Releases the hold, and its consensus with the last one. None when it is not active any more.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn release(
        &self,
        transaction: &Transaction,
        released_by: impl Into<String>,
        note: Option<String>,
    ) -> Result<Option<ConsensusHold>, Error> {
        let patch = ConsensusHold::patch()
            .closed_by(Some(released_by.into()))
            .close_note(note);
        self.end(transaction, HoldState::Released, patch).await
    }

    /// Ends a hold that has run out, and its consensus with the last one. None when it is not active any more.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn expire(&self, transaction: &Transaction) -> Result<Option<ConsensusHold>, Error> {
        self.end(transaction, HoldState::Expired, ConsensusHold::patch())
            .await
    }

    async fn end(
        &self,
        transaction: &Transaction,
        state: HoldState,
        patch: ConsensusHoldPatch,
    ) -> Result<Option<ConsensusHold>, Error> {
        // The consensus is locked first, so that of two ends at once the second sees the first.
        mark(transaction, self.consensus_id, true).await?;
        let holds: ConsensusHoldRepository = transaction.repository();
        let swap = ConsensusHold::STATE.from(HoldState::Active).to(state);
        let patch = patch.closed_at(Some(transaction.now()));
        let ended = holds.compare_and_swap_with(self.id, swap, patch).await?.won();
        let of_consensus = ConsensusHold::CONSENSUS_ID.eq(self.consensus_id);
        let active = ConsensusHold::STATE.eq(HoldState::Active);
        if holds.count([of_consensus, active]).await? == 0 {
            mark(transaction, self.consensus_id, false).await?;
        }
        Ok(ended)
    }
}

async fn mark(transaction: &Transaction, consensus: Id<Consensus>, held: bool) -> Result<(), Error> {
    let patch = Consensus::patch().held(held);
    transaction
        .repository::<ConsensusRepository>()
        .update(consensus, patch)
        .await?;
    Ok(())
}
