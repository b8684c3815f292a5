/// A lock on the rows that are read, held until the transaction ends.
///
/// ```
/// use stellaops_db::Lock;
///
/// // The rows that nobody else has locked.
/// let lock = Lock::UPDATE.skip_locked();
/// # let _ = lock;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    strength: Strength,
    wait: Wait,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strength {
    Update,
    NoKeyUpdate,
    Share,
    KeyShare,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    Forever,
    SkipLocked,
    Never,
}

impl Lock {
    /// For a change of any kind: nobody else changes, deletes or locks the row meanwhile.
    pub const UPDATE: Lock = Lock::of(Strength::Update);
    /// For a change that leaves the key alone: rows that point at this one can still be inserted.
    pub const NO_KEY_UPDATE: Lock = Lock::of(Strength::NoKeyUpdate);
    /// Nobody changes or deletes the row meanwhile; others may hold this lock as well.
    pub const SHARE: Lock = Lock::of(Strength::Share);
    /// Nobody deletes the row or changes its key meanwhile; others may hold this lock as well.
    pub const KEY_SHARE: Lock = Lock::of(Strength::KeyShare);

    const fn of(strength: Strength) -> Self {
        Lock {
            strength,
            wait: Wait::Forever,
        }
    }

    /// Passes rows over that another transaction has locked, instead of waiting for it.
    #[must_use]
    pub const fn skip_locked(self) -> Self {
        Lock {
            wait: Wait::SkipLocked,
            ..self
        }
    }

    /// Fails with [`crate::Error::LockTimeout`] when another transaction has locked a row, instead of waiting for it.
    #[must_use]
    pub const fn no_wait(self) -> Self {
        Lock {
            wait: Wait::Never,
            ..self
        }
    }

    /// The words at the end of a SELECT.
    pub(crate) fn sql(self) -> String {
        let strength = match self.strength {
            Strength::Update => "FOR UPDATE",
            Strength::NoKeyUpdate => "FOR NO KEY UPDATE",
            Strength::Share => "FOR SHARE",
            Strength::KeyShare => "FOR KEY SHARE",
        };
        let wait = match self.wait {
            Wait::Forever => "",
            Wait::SkipLocked => " SKIP LOCKED",
            Wait::Never => " NOWAIT",
        };
        format!(" {strength}{wait}")
    }
}
