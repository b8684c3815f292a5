//! The events of a table, in their order, up to where nothing can be missed.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use sqlx::Row as _;

use crate::error::Error;
use crate::outbox::event::Arrived;
use crate::outbox::ledger::number;
use crate::scope::Session;
use crate::table::{OutboxDescriptor, Table};
use crate::tenant::TenantId;
use crate::value::Parameter;

/// So many looks, a few seconds, are nothing to tell of.
const USUAL_LOOKS: u32 = 30;

/// Reads as the system's login.
pub(super) struct Feed<T> {
    session: Session,
    /// No event can appear up to this number any more.
    settled: i64,
    /// The number that is settled next.
    next: Option<Unsettled>,
    marker: PhantomData<fn() -> T>,
}

/// A number that was seen, and the transactions that wrote to the table then and have not ended: they may have taken
/// a smaller one.
struct Unsettled {
    last: i64,
    writers: BTreeSet<String>,
    looks: u32,
}

impl<T: Table> Feed<T> {
    pub(super) fn new(session: Session) -> Self {
        Feed {
            session,
            settled: 0,
            next: None,
            marker: PhantomData,
        }
    }

    /// The greatest number that is seen, and the transactions that write to the table since before.
    async fn last(&self) -> Result<(i64, BTreeSet<String>), Error> {
        let rows = self.session.rows(descriptor::<T>()?.last, Vec::new()).await?;
        let Some(row) = rows.first() else {
            return Ok((0, BTreeSet::new()));
        };
        let writers: Vec<String> = row.try_get(1)?;
        Ok((row.try_get(0)?, writers.into_iter().collect()))
    }

    /// The number up to which no event can appear any more, for who has read up to `position`.
    pub(super) async fn settled(&mut self, position: i64) -> Result<i64, Error> {
        if self.settled > position {
            return Ok(self.settled);
        }
        let (last, writing) = self.last().await?;
        let mut next = self.next.take().unwrap_or_else(|| Unsettled {
            last,
            writers: writing.clone(),
            looks: 0,
        });
        next.writers.retain(|writer| writing.contains(writer));
        if next.writers.is_empty() || next.last <= position {
            self.settled = next.last.max(position);
            return Ok(self.settled);
        }
        next.looks += 1;
        if next.looks == USUAL_LOOKS {
            let table = T::DESCRIPTOR.qualified;
            tracing::warn!(target: "stellaops_db", table, "events wait for a transaction that has written some and has not ended");
        }
        self.next = Some(next);
        Ok(position)
    }

    /// How often it was looked for the end of those that write, if some are waited for.
    pub(super) fn looks(&self) -> Option<u32> {
        self.next.as_ref().map(|next| next.looks)
    }

    /// Forgets what was seen: another program may have been at it meanwhile.
    pub(super) fn begin(&mut self) {
        self.settled = 0;
        self.next = None;
    }

    /// The greatest number that is seen.
    pub(super) async fn greatest(&self) -> Result<i64, Error> {
        self.last().await.map(|(last, _)| last)
    }

    /// The events of all tenants but those, behind one number up to another.
    pub(super) async fn events(
        &self,
        (behind, upto): (i64, i64),
        without: Vec<String>,
        limit: u32,
    ) -> Result<Vec<Arrived<T>>, Error> {
        let parameters = vec![
            number(behind),
            number(upto),
            Parameter::TextArray(Some(without)),
            number(i64::from(limit)),
        ];
        self.read(descriptor::<T>()?.events, parameters).await
    }

    /// The events of one tenant, behind one number up to another.
    pub(super) async fn events_of(
        &self,
        tenant: &TenantId,
        (behind, upto): (i64, i64),
        limit: u32,
    ) -> Result<Vec<Arrived<T>>, Error> {
        let parameters = vec![
            Parameter::named(tenant),
            number(behind),
            number(upto),
            number(i64::from(limit)),
        ];
        self.read(descriptor::<T>()?.events_of_tenant, parameters).await
    }

    async fn read(&self, sql: &'static str, parameters: Vec<Parameter>) -> Result<Vec<Arrived<T>>, Error> {
        let rows = self.session.rows(sql, parameters).await?;
        rows.iter().map(Arrived::of).collect()
    }
}

/// What the table says of its outbox; the verbs ask for tables that have one.
pub(super) fn descriptor<T: Table>() -> Result<&'static OutboxDescriptor, Error> {
    let outbox = T::DESCRIPTOR.statements.outbox.as_ref();
    outbox.ok_or(Error::NotFound {
        table: T::DESCRIPTOR.qualified,
    })
}
