//! What is tried with a table.

use std::fmt;

/// A verb. None of them leaves a tenant out: each names the rows of all that were made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Verb {
    /// Reads the first tenant's row by its own key.
    Read,
    /// Reads all, in the order of the key.
    List,
    /// Counts all.
    Count,
    /// Joins all with a parent, or with themselves.
    Join,
    /// Locks all, passing over those that are locked.
    Claim,
    /// Claims the first tenant's rows of a queue, by the statement that [`claim`](crate::Repository::claim) sends.
    ClaimQueued,
    /// Inserts a row of the third tenant.
    Insert,
    /// The same, and answers it.
    InsertReturning,
    /// Inserts one, or changes the one that has its key.
    Upsert,
    /// Inserts a row of the third tenant with every key of the first tenant's.
    InsertTakenKey,
    /// Inserts a row of the third tenant that points at the first tenant's parents.
    InsertUnderForeignParent,
    /// Inserts a row of the third tenant and one of the first, in one statement.
    InsertMany,
    /// Changes the first tenant's row, by its own key.
    Update,
    /// Changes all, and answers them.
    UpdateReturning,
    /// Gives every row to the second tenant, without looking at one: what is not read, no policy for reading keeps back.
    UpdateBlind,
    /// Gives the first tenant's row to the second.
    Move,
    /// The same, binding the second tenant in the middle of the statement.
    MoveBindingAgain,
    /// Lets a status of the first tenant's row take a step that the specs have.
    Step,
    /// The same, with one that they have not.
    StepIllegally,
    /// Removes the first tenant's row, by its own key.
    Delete,
    /// Removes all, and answers them.
    DeleteReturning,
    /// Removes every row, without looking at one.
    DeleteBlind,
    /// Reads all from a partition, past its table.
    ReadPartition,
    /// Reads all through a view.
    ReadView,
    /// Holds a privilege that passes the policies by: TRUNCATE, REFERENCES or TRIGGER.
    PassBy,
    /// Reads it through a function, a view or a copy that is under no policy.
    ReadAround,
    /// Follows its foreign keys.
    Follow,
}

impl Verb {
    /// Whether a new row is written, which is the third tenant's.
    pub(super) fn inserts(self) -> bool {
        matches!(
            self,
            Verb::Insert
                | Verb::InsertReturning
                | Verb::Upsert
                | Verb::InsertTakenKey
                | Verb::InsertUnderForeignParent
                | Verb::InsertMany
        )
    }

    /// Whether it names no row, and reaches whatever the policies let it.
    pub(super) fn is_blind(self) -> bool {
        matches!(self, Verb::UpdateBlind | Verb::DeleteBlind)
    }

    fn as_str(self) -> &'static str {
        match self {
            Verb::Read => "read by key",
            Verb::List => "list",
            Verb::Count => "count",
            Verb::Join => "join",
            Verb::Claim => "claim",
            Verb::ClaimQueued => "claim from a queue",
            Verb::Insert => "insert",
            Verb::InsertReturning => "insert, returning",
            Verb::Upsert => "upsert",
            Verb::InsertTakenKey => "insert with another tenant's keys",
            Verb::InsertUnderForeignParent => "insert under another tenant's parent",
            Verb::InsertMany => "insert of many",
            Verb::Update => "update by key",
            Verb::UpdateReturning => "update of all, returning",
            Verb::UpdateBlind => "update of every row, blind",
            Verb::Move => "move to another tenant",
            Verb::MoveBindingAgain => "move to another tenant that is bound on the way",
            Verb::Step => "legal step of a status",
            Verb::StepIllegally => "illegal step of a status",
            Verb::Delete => "delete by key",
            Verb::DeleteReturning => "delete of all, returning",
            Verb::DeleteBlind => "delete of every row, blind",
            Verb::ReadPartition => "read of a partition",
            Verb::ReadView => "read of a view",
            Verb::PassBy => "TRUNCATE, REFERENCES or TRIGGER",
            Verb::ReadAround => "read around the policies",
            Verb::Follow => "following of the foreign keys",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
