use std::marker::PhantomData;

use crate::error::Error;
use crate::query::{AcrossTenants, Filter, OrderOf};
use crate::repository::List;
use crate::repository::list::count;
use crate::scope::Session;
use crate::table::Table;

/// Reads a table across tenants. It has no verb that writes: for that, name the tenant.
pub struct SystemReader<T> {
    session: Session,
    marker: PhantomData<fn() -> T>,
}

impl<T: Table> std::fmt::Debug for SystemReader<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SystemReader({})", T::DESCRIPTOR.qualified)
    }
}

impl<T: Table> SystemReader<T> {
    pub(crate) fn new(session: Session) -> Self {
        SystemReader {
            session,
            marker: PhantomData,
        }
    }

    /// Lists rows of all tenants in an order of `scope = "system"`.
    pub fn list(&self, order: impl OrderOf<T, AcrossTenants>) -> List<T, AcrossTenants> {
        List::new(self.session.clone(), order.into_order())
    }

    /// How many rows all tenants have that fulfil all filters.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn count(&self, filters: impl IntoIterator<Item = Filter<T>>) -> Result<u64, Error> {
        count(&self.session, filters).await
    }
}
