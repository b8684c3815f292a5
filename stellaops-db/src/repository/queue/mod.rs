//! The verbs of a queue: see [`crate::queue`].

mod claim;
mod end;
mod hold;
mod turns;

pub(crate) use turns::tenant_of;

use crate::error::Error;
use crate::queue::{Held, Lease};
use crate::repository::{Repository, decode_first};
use crate::table::{QueueDescriptor, Table};
use crate::value::{EncodeError, Parameter};

impl<T: Table, A> Repository<T, A> {
    /// The queue, which the verb's bound says there is.
    fn queue() -> Result<&'static QueueDescriptor, Error> {
        queue_of::<T>()
    }

    /// Runs a statement on a row that is held, for the row.
    async fn of_held(
        &self,
        text: impl FnOnce(&QueueDescriptor) -> &'static str,
        held: &impl Held<T>,
        values: Vec<Parameter>,
        patch: Vec<Parameter>,
    ) -> Result<T, Error> {
        let text = text(Self::queue()?);
        let lease: &Lease<T> = held.lease();
        let mut parameters = self.row_parameters(lease.key())?;
        parameters.extend(lease.fence());
        parameters.extend(values);
        parameters.extend(self.touched(self.session.now()));
        parameters.extend(patch);
        let rows = self.session.rows(text, parameters).await;
        let rows = rows.map_err(|error| error.of_row(Self::TABLE))?;
        decode_first(&rows)?.ok_or(Error::LeaseLost {
            table: Self::TABLE.qualified,
        })
    }
}

pub(crate) fn queue_of<T: Table>() -> Result<&'static QueueDescriptor, Error> {
    // The trait says that it is a queue, so a miss means that descriptor and derive differ.
    let missing = Error::Encode(EncodeError::NoColumn { column: 0 });
    T::DESCRIPTOR.queue.as_ref().ok_or(missing)
}
