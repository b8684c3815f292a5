use sqlx::SqlSafeStr;

use crate::error::Error;
use crate::own_sql::Query;
use crate::repository::Repository;
use crate::scope::open::Open;
use crate::scope::{RepositoryScope, Session};
use crate::table::{NamedRepository, Table};
use crate::timestamp::Timestamp;

/// Several operations of one tenant that take effect together. Dropped without [`commit`], it is
/// rolled back; repositories made from it say so from then on ([`Error::TransactionEnded`]).
///
/// [`commit`]: Transaction::commit
#[derive(Debug)]
pub struct Transaction {
    session: Session,
    open: Open,
}

impl Transaction {
    pub(crate) async fn begin(session: &Session) -> Result<Self, Error> {
        let (session, open) = session.begin().await?;
        Ok(Transaction { session, open })
    }

    pub(crate) async fn begin_with(session: &Session, words: String) -> Result<Self, Error> {
        let (session, open) = session.begin_with(Some(words)).await?;
        Ok(Transaction { session, open })
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Runs work whose failure undoes that work alone: what the transaction did before stays.
    ///
    /// ```no_run
    /// # #[cfg(feature = "scheduler")] {
    /// # use stellaops_db::{Error, Id, TenantScope};
    /// # use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository, NewGraphJob};
    /// # async fn example(scope: TenantScope, row: NewGraphJob) -> Result<(), Error> {
    /// let transaction = scope.begin().await?;
    /// let jobs = transaction.repository::<GraphJobRepository>();
    /// match transaction.savepoint(async || jobs.insert(row).await).await? {
    ///     Ok(job) => println!("{} is new", job.id),
    ///     Err(Error::UniqueViolation { .. }) => println!("it was there"),
    ///     Err(other) => return Err(other),
    /// }
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// # }
    /// ```
    ///
    /// # Errors
    /// What setting the savepoint or going back to it can say; then the transaction has failed. The work's own
    /// error is inside.
    pub async fn savepoint<R, E>(
        &self,
        work: impl AsyncFnOnce() -> Result<R, E>,
    ) -> Result<Result<R, E>, Error> {
        let savepoint = self.open.savepoint().await?;
        let result = work().await;
        match &result {
            Ok(_) => savepoint.release().await?,
            Err(_) => savepoint.roll_back().await?,
        }
        Ok(result)
    }

    /// The repository of a table, inside this transaction.
    pub fn repository<R: NamedRepository>(&self) -> R {
        R::wrap(self.repository_of())
    }

    /// SQL of your own, inside this transaction: see [`TenantScope::query`](crate::TenantScope::query).
    ///
    /// ```no_run
    /// # async fn example(scope: stellaops_db::TenantScope) -> Result<(), stellaops_db::Error> {
    /// let transaction = scope.begin().await?;
    /// let checked = transaction
    ///     .query("UPDATE shop.orders SET note = $1 WHERE note IS NULL")
    ///     .bind("checked")
    ///     .execute()
    ///     .await?;
    /// transaction.commit().await?;
    /// # let _: u64 = checked;
    /// # Ok(()) }
    /// ```
    pub fn query(&self, text: impl SqlSafeStr) -> Query {
        Query::new(self.session.clone(), text.into_sql_str())
    }

    /// The time of the client's clock, which rows are stamped with.
    pub fn now(&self) -> Timestamp {
        self.session.now()
    }

    /// Makes everything take effect.
    ///
    /// # Errors
    /// [`Error::TransactionFailed`] when an operation failed before, or was left before its answer came:
    /// nothing has taken effect. What the database says; on [`Error::Connection`] it is not known
    /// whether it took effect.
    pub async fn commit(self) -> Result<(), Error> {
        self.open.commit().await
    }

    /// Undoes everything.
    ///
    /// # Errors
    /// What the database says; the connection is then closed, which undoes it as well.
    pub async fn rollback(self) -> Result<(), Error> {
        self.open.rollback().await
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // Repositories may outlive the transaction; its rollback does not wait for them.
        self.open.abandon();
    }
}

impl RepositoryScope for Transaction {
    fn repository_of<T: Table>(&self) -> Repository<T> {
        Repository::new(self.session.clone())
    }
}
