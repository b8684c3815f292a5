use crate::error::Error;
use crate::repository::Repository;
use crate::scope::Session;
use crate::scope::open::Open;
use crate::table::GlobalRepository;
use crate::timestamp::Timestamp;

/// Several operations on global tables that take effect together, as the system login. Dropped without
/// [`commit`], it is rolled back; repositories made from it say so from then on
/// ([`Error::TransactionEnded`]).
///
/// [`commit`]: SystemTransaction::commit
#[derive(Debug)]
pub struct SystemTransaction {
    session: Session,
    open: Open,
}

impl SystemTransaction {
    pub(crate) async fn begin(session: &Session) -> Result<Self, Error> {
        let (session, open) = session.begin().await?;
        Ok(SystemTransaction { session, open })
    }

    /// The repository of a global table, inside this transaction.
    pub fn repository<R: GlobalRepository>(&self) -> R::WithinSystem {
        R::wrap_within_system(Repository::new(self.session.clone()))
    }

    /// The time of the client's clock, which rows are stamped with.
    pub fn now(&self) -> Timestamp {
        self.session.now()
    }

    /// Makes everything take effect.
    ///
    /// # Errors
    /// As [`crate::Transaction::commit`].
    pub async fn commit(self) -> Result<(), Error> {
        self.open.commit().await
    }

    /// Undoes everything.
    ///
    /// # Errors
    /// As [`crate::Transaction::rollback`].
    pub async fn rollback(self) -> Result<(), Error> {
        self.open.rollback().await
    }
}

impl Drop for SystemTransaction {
    fn drop(&mut self) {
        // Repositories may outlive the transaction; its rollback does not wait for them.
        self.open.abandon();
    }
}
