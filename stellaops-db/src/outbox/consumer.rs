//! What a person sees of a consumer, and can do about it.

use std::marker::PhantomData;

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::outbox::feed::Feed;
use crate::outbox::ledger::{Ledger, number};
use crate::outbox::name::checked_name;
use crate::repository::SystemReader;
use crate::scope::Open;
use crate::table::{Outbox, Table};
use crate::tenant::TenantId;
use crate::timestamp::Timestamp;
use crate::value::Parameter;

const POSITION: &str = "/* stellaops-db outbox position */ SELECT \"position\", \"moved_at\" FROM \"stellaops\".\"outbox_consumers\" WHERE \"relation\" = $1 AND \"consumer\" = $2";
const HELD: &str = "/* stellaops-db outbox held */ SELECT \"tenant_id\", \"position\", \"failures\", \"reason\", \"held_since\", \"try_again_at\" FROM \"stellaops\".\"outbox_held_tenants\" WHERE \"relation\" = $1 AND \"consumer\" = $2 ORDER BY \"held_since\", \"tenant_id\"";
const HELD_POSITION: &str = "/* stellaops-db outbox held position */ SELECT \"position\" FROM \"stellaops\".\"outbox_held_tenants\" WHERE \"relation\" = $1 AND \"consumer\" = $2 AND \"tenant_id\" = $3";
const TRY_AGAIN: &str = "/* stellaops-db outbox try again */ UPDATE \"stellaops\".\"outbox_held_tenants\" SET \"try_again_at\" = now(), \"position\" = $4 WHERE \"relation\" = $1 AND \"consumer\" = $2 AND \"tenant_id\" = $3";
const SET: &str = "/* stellaops-db outbox set */ UPDATE \"stellaops\".\"outbox_consumers\" SET \"position\" = $3, \"moved_at\" = now() WHERE \"relation\" = $1 AND \"consumer\" = $2";
const NO_HELD: &str = "/* stellaops-db outbox let all go */ DELETE FROM \"stellaops\".\"outbox_held_tenants\" WHERE \"relation\" = $1 AND \"consumer\" = $2";

/// A consumer of an outbox: how far it is, whose events wait, and what a person can do about it. A relay that is at
/// work meanwhile goes by what was said.
///
/// ```no_run
/// # #[cfg(feature = "vex")] {
/// # use stellaops_db::{Database, Error};
/// # use stellaops_db::schema::vex::LinksetEventRepository;
/// # async fn example(database: Database) -> Result<(), Error> {
/// let system = database.system("looks why the search index is behind").await?;
/// let consumer = system.across_tenants::<LinksetEventRepository>().consumer("search index")?;
/// for held in consumer.held().await? {
///     println!("{} waits since {}: {}", held.tenant, held.since, held.reason);
///     consumer.try_again(&held.tenant).await?;
/// }
/// system.close().await
/// # }
/// # }
/// ```
pub struct Consumer<T> {
    ledger: Ledger,
    marker: PhantomData<fn() -> T>,
}

/// How far a consumer is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsumerPosition {
    /// It was given every event up to this number, but for those of tenants that are held.
    pub number: i64,
    /// The greatest number that is there.
    pub last: i64,
    /// When the consumer moved last.
    pub moved_at: Timestamp,
}

/// A tenant whose next event a consumer could not take: its events wait.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldTenant {
    /// The tenant.
    pub tenant: TenantId,
    /// The consumer was given its events up to this number.
    pub number: i64,
    /// How often the next one failed.
    pub failures: u32,
    /// Why it failed last.
    pub reason: String,
    /// When it failed first.
    pub since: Timestamp,
    /// From when on it is tried again; none: when somebody says so.
    pub try_again_at: Option<Timestamp>,
}

impl<T: Table> std::fmt::Debug for Consumer<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Ledger {
            relation, consumer, ..
        } = &self.ledger;
        write!(formatter, "Consumer({consumer:?} of {relation})")
    }
}

impl<T: Table> SystemReader<T> {
    /// A consumer of the outbox, by its name.
    ///
    /// # Errors
    /// [`Error::ConsumerName`].
    pub fn consumer(&self, name: &str) -> Result<Consumer<T>, Error>
    where
        T: Outbox,
    {
        Ok(Consumer {
            ledger: Ledger {
                session: self.session.clone(),
                relation: T::DESCRIPTOR.qualified.into(),
                consumer: checked_name(name)?,
            },
            marker: PhantomData,
        })
    }
}

impl<T: Table> Consumer<T> {
    /// How far it is; none when no relay has ever delivered to it.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn position(&self) -> Result<Option<ConsumerPosition>, Error> {
        let session = &self.ledger.session;
        let rows = session.rows(POSITION, self.ledger.with([])).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let feed = Feed::<T>::new(session.clone());
        Ok(Some(ConsumerPosition {
            number: row.try_get(0)?,
            last: feed.greatest().await?,
            moved_at: time(row, 1)?,
        }))
    }

    /// The tenants whose events wait, those that wait longest first.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn held(&self) -> Result<Vec<HeldTenant>, Error> {
        let rows = self.ledger.session.rows(HELD, self.ledger.with([])).await?;
        rows.iter().map(held_from).collect()
    }

    /// Has the events of a tenant that wait tried again at once; says whether any wait.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn try_again(&self, tenant: &TenantId) -> Result<bool, Error> {
        self.change(tenant, false).await
    }

    /// Passes over the event that a tenant's others wait behind: it is not delivered to this consumer. Says whether
    /// there was one.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn pass_over(&self, tenant: &TenantId) -> Result<bool, Error> {
        self.change(tenant, true).await
    }

    /// Sets the consumer to a number: events behind it are delivered, whether they were before or not. No tenant is
    /// held any more. Says whether there is such a consumer.
    ///
    /// # Errors
    /// [`Error::CheckViolation`] for a negative number.
    pub async fn set(&self, position: i64) -> Result<bool, Error> {
        let (ledger, open) = self.taken_over().await?;
        let session = &ledger.session;
        let set = session.execute(SET, ledger.with([number(position)])).await? > 0;
        session.execute(NO_HELD, ledger.with([])).await?;
        open.commit().await.map(|()| set)
    }

    /// Forgets the consumer. A relay that runs makes it known again, from the first event; so stop it before.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn forget(&self) -> Result<bool, Error> {
        self.ledger.forget().await
    }

    async fn change(&self, tenant: &TenantId, passes_over: bool) -> Result<bool, Error> {
        let (ledger, open) = self.taken_over().await?;
        let session = &ledger.session;
        let rows = session
            .rows(HELD_POSITION, ledger.with([Parameter::named(tenant)]))
            .await?;
        let Some(row) = rows.first() else {
            open.rollback().await?;
            return Ok(false);
        };
        let mut position: i64 = row.try_get(0)?;
        if passes_over {
            let feed = Feed::<T>::new(session.clone());
            let next = feed.events_of(tenant, (position, i64::MAX), 1).await?;
            position = next.first().map_or(position, |event| event.number);
        }
        let parameters = ledger.with([Parameter::named(tenant), number(position)]);
        session.execute(TRY_AGAIN, parameters).await?;
        open.commit().await.map(|()| true)
    }

    /// A transaction in which nobody delivers: what a relay has in hand it does not write down, and begins anew.
    async fn taken_over(&self) -> Result<(Ledger, Open), Error> {
        let (ledger, open) = self.ledger.begin().await?;
        ledger.take_over().await?;
        Ok((ledger, open))
    }
}

/// Of a row that begins with the columns of [`HELD`].
pub(super) fn held_from(row: &PgRow) -> Result<HeldTenant, Error> {
    let failures: i32 = row.try_get(2)?;
    let again: Option<chrono::DateTime<chrono::Utc>> = row.try_get(5)?;
    Ok(HeldTenant {
        tenant: TenantId::stored(row.try_get::<String, _>(0)?),
        number: row.try_get(1)?,
        failures: u32::try_from(failures).unwrap_or(1),
        reason: row.try_get(3)?,
        since: time(row, 4)?,
        try_again_at: again.map(Timestamp::from),
    })
}

pub(super) fn time(row: &PgRow, column: usize) -> Result<Timestamp, Error> {
    let time: chrono::DateTime<chrono::Utc> = row.try_get(column)?;
    Ok(Timestamp::from(time))
}
