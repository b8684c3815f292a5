//! Advisory locks: one holder at a time of a name, among all programs of the database.

use std::future::Future;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::error::Error;
use crate::scope::open::Open;
use crate::scope::{Session, SystemScope, TenantScope, Transaction};
use crate::tenant::TenantId;
use crate::value::Parameter;

const TRY: &str = "/* stellaops-db advisory lock */ SELECT pg_try_advisory_xact_lock($1)";
const WAIT: &str = "/* stellaops-db advisory lock wait */ SELECT pg_advisory_xact_lock($1)";
const SIGN_OF_LIFE: &str = "/* stellaops-db advisory lock held */ SELECT 1";

/// How often the holder asks whether it still has the lock, while work is protected.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// A name that is held, until [`AdvisoryLock::release`], until it is dropped, or until its connection ends. The name
/// is the tenant's: another tenant's lock of the same name is another lock.
///
/// It lives in a transaction of its own that does nothing else, so that it works through a pooler of connections as
/// well, and holds one connection of the pool. When that connection is lost, so is the lock, and the holder
/// learns of it by asking: [`AdvisoryLock::protect`] does.
///
/// ```no_run
/// # async fn example(scope: stellaops_db::TenantScope) -> Result<(), stellaops_db::Error> {
/// let Some(lock) = scope.try_lock("nightly report").await? else {
///     return Ok(()); // somebody else makes it
/// };
/// lock.protect(async { /* make the report */ }).await?;
/// lock.release().await
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a lock that is dropped is released"]
pub struct AdvisoryLock {
    session: Session,
    open: Open,
    name: String,
}

impl AdvisoryLock {
    /// Takes it if nobody has it; waits for it that long at most.
    async fn take(session: &Session, name: &str, wait: Option<Duration>) -> Result<Option<Self>, Error> {
        let (session, open) = session.begin_with(Some(words(wait))).await?;
        // From here on its drop ends the transaction.
        let lock = AdvisoryLock {
            session,
            open,
            name: name.into(),
        };
        let is_taken = take_within(&lock.session, name, wait.is_some()).await?;
        Ok(is_taken.then_some(lock))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is held still, as the server says.
    pub async fn is_held(&self) -> bool {
        self.session.rows(SIGN_OF_LIFE, Vec::new()).await.is_ok()
    }

    /// Does work that only the holder may do: it is dropped where it waits as soon as the lock is found to be lost,
    /// which is asked for every second.
    ///
    /// # Errors
    /// [`Error::LockLost`].
    pub async fn protect<R>(&self, work: impl Future<Output = R>) -> Result<R, Error> {
        let lost = async {
            while self.is_held().await {
                tokio::time::sleep(ASK_EVERY).await;
            }
        };
        tokio::select! {
            () = lost => Err(Error::LockLost { name: self.name.clone() }),
            result = work => Ok(result),
        }
    }

    /// Releases it, and waits until others can have it.
    ///
    /// # Errors
    /// [`Error::Connection`]: the lock was lost before, or is lost by this.
    pub async fn release(self) -> Result<(), Error> {
        self.open.rollback().await
    }
}

impl Drop for AdvisoryLock {
    fn drop(&mut self) {
        self.open.abandon();
    }
}

impl TenantScope {
    /// Takes the advisory lock of that name for this tenant, unless somebody has it.
    ///
    /// # Errors
    /// [`Error::PoolTimeout`], [`Error::Connection`].
    pub async fn try_lock(&self, name: &str) -> Result<Option<AdvisoryLock>, Error> {
        AdvisoryLock::take(self.session(), name, None).await
    }

    /// Takes the advisory lock of that name for this tenant, and waits for it as long as that.
    ///
    /// # Errors
    /// [`Error::LockTimeout`] when the wait was too long; [`Error::PoolTimeout`], [`Error::Connection`].
    pub async fn lock(&self, name: &str, wait: Duration) -> Result<AdvisoryLock, Error> {
        AdvisoryLock::waited(self.session(), name, wait).await
    }
}

impl SystemScope {
    /// Takes the advisory lock of that name that is no tenant's, unless somebody has it.
    ///
    /// # Errors
    /// As [`TenantScope::try_lock`].
    pub async fn try_lock(&self, name: &str) -> Result<Option<AdvisoryLock>, Error> {
        AdvisoryLock::take(self.session(), name, None).await
    }

    /// Takes the advisory lock of that name that is no tenant's, and waits for it as long as that.
    ///
    /// # Errors
    /// As [`TenantScope::lock`].
    pub async fn lock(&self, name: &str, wait: Duration) -> Result<AdvisoryLock, Error> {
        AdvisoryLock::waited(self.session(), name, wait).await
    }
}

impl Transaction {
    /// Takes the advisory lock of that name for this tenant until the transaction ends, unless somebody else has it;
    /// says whether. A transaction can take it again.
    ///
    /// # Errors
    /// [`Error::Connection`].
    pub async fn try_lock(&self, name: &str) -> Result<bool, Error> {
        take_within(self.session(), name, false).await
    }

    /// Takes the advisory lock of that name for this tenant until the transaction ends, and waits for it as long as
    /// a statement of the transaction may wait for a lock.
    ///
    /// # Errors
    /// [`Error::LockTimeout`] or [`Error::Cancelled`] when the wait was too long, [`Error::Retry`] when two wait for each other.
    pub async fn lock(&self, name: &str) -> Result<(), Error> {
        take_within(self.session(), name, true).await.map(|_| ())
    }
}

impl AdvisoryLock {
    async fn waited(session: &Session, name: &str, wait: Duration) -> Result<Self, Error> {
        let taken = AdvisoryLock::take(session, name, Some(wait)).await?;
        // A statement that waits ends with the lock, or with an error.
        taken.ok_or_else(|| Error::LockLost { name: name.into() })
    }
}

async fn take_within(session: &Session, name: &str, waits: bool) -> Result<bool, Error> {
    use sqlx::Row as _;
    let key = vec![Parameter::BigInt(Some(key(session.tenant.as_ref(), name)))];
    if waits {
        return session.rows(WAIT, key).await.map(|_| true);
    }
    let rows = session.rows(TRY, key).await?;
    let taken = rows.first().map(|row| row.try_get_unchecked(0)).transpose()?;
    Ok(taken.unwrap_or(false))
}

/// The words that begin its transaction, numbers only: it rests for as long as the work takes, and waits no longer
/// than it should. Zero would mean for ever.
fn words(wait: Option<Duration>) -> String {
    let rest = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0";
    match wait {
        None => rest.into(),
        Some(wait) => {
            let milliseconds = wait.as_millis().clamp(1, i32::MAX as u128);
            format!("{rest}; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {milliseconds}")
        }
    }
}

/// The number that PostgreSQL locks: the first eight bytes of a SHA-256, so that names do not meet by chance.
fn key(tenant: Option<&TenantId>, name: &str) -> i64 {
    // No tenant's id holds a NUL, and none is empty.
    let tenant = tenant.map_or("", TenantId::as_str);
    let digest = Sha256::digest(format!("stellaops-db advisory lock\0{tenant}\0{name}"));
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::key;
    use crate::tenant::TenantId;

    #[test]
    fn names_and_tenants_have_locks_of_their_own() {
        let tenant = |text| TenantId::new(text).expect("a tenant");
        let (a, b) = (tenant("a"), tenant("b"));
        let keys = [
            key(None, "n"),
            key(Some(&a), "n"),
            key(Some(&b), "n"),
            key(Some(&a), "m"),
        ];
        for (position, one) in keys.iter().enumerate() {
            assert!(keys[position + 1..].iter().all(|other| other != one));
        }
        // Programs of different versions agree.
        assert_eq!(key(Some(&a), "n"), key(Some(&a), "n"));
    }
}
