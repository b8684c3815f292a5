use std::time::Duration;

use sqlx::Row as _;

use crate::error::Error;
use crate::queue::{Held, Lease, milliseconds};
use crate::repository::Repository;
use crate::table::{Key as _, Queue, Table, tenancy};
use crate::timestamp::Timestamp;
use crate::value::{Parameter, ParameterType};

impl<T: Table, A> Repository<T, A> {
    /// Makes the leases of one worker longer, all in one exchange: they end that long from now, by the database's
    /// clock. The leases are told their new end; those that were lost are taken out and returned. A lease that ran
    /// out and that nobody took over meanwhile is held again. A row that a transaction has locked keeps its end for now,
    /// and no other waits for it.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a lease of less than a millisecond or more than a year.
    pub async fn renew(&self, leases: &mut Vec<Lease<T>>, lease: Duration) -> Result<Vec<Lease<T>>, Error>
    where
        T: Queue,
        A: tenancy::Writes<T::Tenancy>,
    {
        let mut lost = Vec::new();
        let mut kept = Vec::with_capacity(leases.len());
        // The caller's own stay as they are until all is done: whoever fails in between holds them still.
        let mut left = leases.clone();
        // A statement names one worker, and there is rarely more than one.
        while let Some(worker) = left.first().map(|lease| lease.worker().to_string()) {
            let (own, others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|lease| lease.worker() == worker);
            left = others;
            let ends = self.renewed(&own, lease).await?;
            for (mut lease, end) in own.into_iter().zip(ends) {
                match end {
                    Some(end) => {
                        lease.extended(end);
                        kept.push(lease);
                    }
                    None => lost.push(lease),
                }
            }
        }
        *leases = kept;
        Ok(lost)
    }

    /// The new ends of the leases of one worker, in their order; none where a lease was lost.
    pub(crate) async fn renewed(
        &self,
        leases: &[Lease<T>],
        lease: Duration,
    ) -> Result<Vec<Option<Timestamp>>, Error> {
        let milliseconds = milliseconds("lease in milliseconds", lease)?;
        let mut ends = vec![None; leases.len()];
        let Some(first) = leases.first() else {
            return Ok(ends);
        };
        let mut parameters = self.session.leading(Self::TABLE.has_tenant);
        parameters.push(Parameter::Text(Some(first.worker().into())));
        parameters.push(Parameter::BigInt(Some(milliseconds)));
        let attempts = leases
            .iter()
            .map(|lease| Parameter::Integer(Some(lease.attempt())));
        parameters.push(Parameter::Several(ParameterType::Integer, attempts.collect()));
        parameters.extend(Self::keys(leases)?);
        for row in self
            .session
            .rows(Self::queue()?.statements.renew, parameters)
            .await?
        {
            // Places are counted from one.
            let place = usize::try_from(row.try_get_unchecked::<i64, _>(0)?).unwrap_or_default();
            if let Some(end) = ends.get_mut(place.wrapping_sub(1)) {
                *end = Some(Timestamp::new(row.try_get_unchecked(1)?));
            }
        }
        Ok(ends)
    }

    /// The values of each key column.
    fn keys(leases: &[Lease<T>]) -> Result<Vec<Parameter>, Error> {
        let keys = leases.iter().map(|lease| lease.key().parameters());
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let columns = Self::TABLE.key.iter().enumerate().map(|(place, column)| {
            let values = keys.iter().filter_map(|key| key.get(place).cloned());
            Parameter::Several(Self::TABLE.types[*column], values.collect())
        });
        Ok(columns.collect())
    }

    /// Gives a row that is held back, for another worker to claim at once: a worker that stops does so. The claim
    /// has been an attempt, though not one that failed.
    ///
    /// # Errors
    /// [`Error::LeaseLost`].
    pub async fn release(&self, held: &impl Held<T>) -> Result<T, Error>
    where
        T: Queue,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.released(held).await
    }

    pub(crate) async fn released(&self, held: &impl Held<T>) -> Result<T, Error> {
        self.of_held(|queue| queue.statements.release, held, Vec::new(), Vec::new())
            .await
    }

    /// Gives a row that is held back, to be claimed from that time on, by the database's clock: what it waits for
    /// is not there yet, and that is no failure. In a recurring queue this is how a row ends: with its next time.
    ///
    /// # Errors
    /// [`Error::LeaseLost`].
    pub async fn reschedule(&self, held: &impl Held<T>, at: Timestamp) -> Result<T, Error>
    where
        T: Queue,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.rescheduled(held, at).await
    }

    pub(crate) async fn rescheduled(&self, held: &impl Held<T>, at: Timestamp) -> Result<T, Error> {
        let at = vec![Parameter::TimestampTz(Some(at.utc()))];
        self.of_held(|queue| queue.statements.reschedule, held, at, Vec::new())
            .await
    }
}
