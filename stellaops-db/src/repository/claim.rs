use std::time::Duration;

use crate::error::Error;
use crate::repository::{Repository, decode_all};
use crate::table::{Queue, Table, tenancy};
use crate::value::{Parameter, Value};

// The bounds stand at each verb, not here: only there does the compiler say in our words what is missing.
impl<T: Table, A> Repository<T, A> {
    /// Claims up to `limit` rows for a worker, until the lease ends by the database's clock: first
    /// rows whose lease ran out, then ready ones in the queue's order. Rows that another worker is
    /// claiming at the moment are passed over, so that workers never wait for each other.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a lease of less than a millisecond or more than a year.
    pub async fn claim(&self, worker: &str, limit: u32, lease: Duration) -> Result<Vec<T>, Error>
    where
        T: Queue,
        A: tenancy::Writes<T::Tenancy>,
    {
        let milliseconds = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
        if !(1..=365 * 24 * 3_600_000).contains(&milliseconds) {
            return Err(Error::OutOfRange {
                what: "lease in milliseconds",
                number: milliseconds,
                range: "from a millisecond to a year",
            });
        }
        let mut parameters = self.session.leading(Self::TABLE.has_tenant);
        parameters.push(worker.to_string().to_parameter()?);
        parameters.push(Parameter::BigInt(Some(milliseconds)));
        parameters.push(Parameter::BigInt(Some(i64::from(limit))));
        parameters.extend(self.touched(self.session.now()));
        decode_all(
            &self
                .session
                .rows(Self::TABLE.statements.claim, parameters)
                .await?,
        )
    }
}
