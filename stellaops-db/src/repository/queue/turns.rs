use std::time::Duration;

use crate::error::Error;
use crate::queue::{Leased, Turns, checked_name, milliseconds};
use crate::repository::queue::claim::{Claimed, LOOKS, claim_parameters};
use crate::repository::queue::queue_of;
use crate::repository::system::SystemReader;
use crate::table::{Queue, Table};
use crate::tenant::TenantId;
use crate::value::{EncodeError, Parameter};

impl<T: Table> SystemReader<T> {
    /// Claims up to `limit` rows of all tenants, fairly: the tenants that have work take turns, each with an equal
    /// share of the rows, from where `turns` ended last. A tenant with a million rows waits as long for its next turn as one
    /// with a single row.
    ///
    /// The rows are worked on in the scope of their tenant, by the application's login:
    /// `database.tenant(&job.tenant_id)` has the verbs that end them.
    ///
    /// # Errors
    /// As [`Repository::claim`](crate::Repository::claim).
    pub async fn claim_across(
        &self,
        turns: &mut Turns,
        worker: &str,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Leased<T>>, Error>
    where
        T: Queue,
    {
        let (worker, lease) = (
            checked_name(worker)?,
            milliseconds("lease in milliseconds", lease)?,
        );
        let mut claimed = Claimed::new(limit);
        for _ in 0..LOOKS {
            let mut parameters: Vec<_> = claim_parameters(&worker, lease, claimed.wanted())?.into();
            parameters.push(Parameter::Text(Some(turns.last().into())));
            let now = Parameter::TimestampTz(Some(self.session.now().utc()));
            parameters.extend(std::iter::repeat_n(now, T::DESCRIPTOR.touched.len()));
            let text = queue_of::<T>()?.statements.claim_across;
            let looked = self.session.rows(text, parameters).await;
            let Some(rows) = claimed.looked(looked, false)? else {
                break;
            };
            let before = claimed.rows.len();
            let is_worth_it = claimed.take(&rows, &worker)?;
            let served = claimed.rows[before..].iter().map(|job| tenant_of(&**job));
            turns.move_on(served.collect::<Result<Vec<_>, _>>()?.into_iter());
            if !is_worth_it {
                break;
            }
        }
        Ok(claimed.rows)
    }
}

/// The tenant of a row: its first column.
pub(crate) fn tenant_of<T: Table>(row: &T) -> Result<TenantId, Error> {
    match row.parameter(0)? {
        Parameter::Text(Some(tenant)) => Ok(TenantId::stored(tenant)),
        _ => Err(Error::Encode(EncodeError::NoColumn { column: 0 })),
    }
}
