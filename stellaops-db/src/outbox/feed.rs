//! The events of a table, in their order, up to where nothing can be missed.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::time::Duration;

use sqlx::Row as _;

use crate::error::Error;
use crate::outbox::stopping::Stopping;
use crate::pause::pause;
use crate::repository::decode_all;
use crate::scope::Session;
use crate::table::{OutboxDescriptor, Table};
use crate::tenant::TenantId;
use crate::value::Parameter;

/// The waits between two looks at transactions that write.
const FIRST_LOOK: Duration = Duration::from_millis(4);
const LONGEST_LOOK: Duration = Duration::from_millis(250);
/// So many looks, a few seconds, are nothing to tell of.
const USUAL_LOOKS: u32 = 30;

/// Reads as the system's login.
pub(super) struct Feed<T> {
    session: Session,
    marker: PhantomData<fn() -> T>,
}

impl<T: Table> Feed<T> {
    pub(super) fn new(session: Session) -> Self {
        Feed {
            session,
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

    /// The number up to which no event can appear any more: the greatest one that is seen, once those have ended
    /// who write at that moment, and may have taken a smaller one. No further than `position` when it is time to stop.
    pub(super) async fn settled(&self, position: i64, stopping: &mut Stopping) -> Result<i64, Error> {
        let (last, mut writers) = self.last().await?;
        if last <= position {
            return Ok(position);
        }
        let mut looks = 0;
        while !writers.is_empty() {
            looks += 1;
            if looks == USUAL_LOOKS {
                let table = T::DESCRIPTOR.qualified;
                tracing::warn!(target: "stellaops_db", table, "events wait for a transaction that has written some and has not ended");
            }
            stopping.rest(pause(FIRST_LOOK, LONGEST_LOOK, looks)).await;
            if stopping.is_set() {
                return Ok(position);
            }
            let (_, writing) = self.last().await?;
            writers.retain(|writer| writing.contains(writer));
        }
        Ok(last)
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
    ) -> Result<Vec<T>, Error> {
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
    ) -> Result<Vec<T>, Error> {
        let parameters = vec![
            Parameter::Text(Some(tenant.as_str().into())),
            number(behind),
            number(upto),
            number(i64::from(limit)),
        ];
        self.read(descriptor::<T>()?.events_of_tenant, parameters).await
    }

    async fn read(&self, sql: &'static str, parameters: Vec<Parameter>) -> Result<Vec<T>, Error> {
        let rows = self.session.rows(sql, parameters).await?;
        decode_all(&rows)
    }
}

fn number(number: i64) -> Parameter {
    Parameter::BigInt(Some(number))
}

/// What the table says of its outbox; the verbs ask for tables that have one.
pub(super) fn descriptor<T: Table>() -> Result<&'static OutboxDescriptor, Error> {
    let outbox = T::DESCRIPTOR.statements.outbox.as_ref();
    outbox.ok_or(Error::NotFound {
        table: T::DESCRIPTOR.qualified,
    })
}
