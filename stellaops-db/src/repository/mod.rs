//! The verbs, written once for all tables. Each is one statement, one network exchange; the generic
//! shells are a few lines around code that knows no table.

mod count;
mod delete;
mod edit;
mod exists;
mod find;
mod insert;
mod list;
mod page;
mod queue;
mod rows;
mod search;
mod stream;
mod swap;
mod system;
mod update;
mod with;

use std::marker::PhantomData;

use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::scope::Session;
use crate::table::{Projection, Table, TableDescriptor, tenancy};
use crate::timestamp::Timestamp;
use crate::value::{Parameter, Row};

pub use find::Find;
pub use list::List;
pub use page::Page;
pub(crate) use queue::tenant_of;
pub use rows::{Listed, Rows};
pub use search::Search;
pub use swap::Swapped;
pub use system::SystemReader;

/// The rows of one table, as one scope sees them. Cheap to clone.
pub struct Repository<T, A = tenancy::TenantAccess> {
    pub(crate) session: Session,
    marker: PhantomData<fn() -> (T, A)>,
}

impl<T, A> Clone for Repository<T, A> {
    fn clone(&self) -> Self {
        Repository {
            session: self.session.clone(),
            marker: PhantomData,
        }
    }
}

impl<T: Table, A> std::fmt::Debug for Repository<T, A> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Repository({})", T::DESCRIPTOR.qualified)
    }
}

impl<T: Table, A> Repository<T, A> {
    pub(crate) fn new(session: Session) -> Self {
        Repository {
            session,
            marker: PhantomData,
        }
    }

    const TABLE: &'static TableDescriptor = T::DESCRIPTOR;

    /// The tenant and the key: how every statement on one row begins.
    fn row_parameters(&self, key: &T::Key) -> Result<Vec<Parameter>, Error> {
        let mut parameters = self.session.leading(Self::TABLE.has_tenant);
        parameters.extend(crate::table::Key::parameters(key)?);
        Ok(parameters)
    }

    /// The clock, once for each column that every update sets.
    fn touched(&self, now: Timestamp) -> impl Iterator<Item = Parameter> {
        std::iter::repeat_n(Parameter::TimestampTz(Some(now.utc())), Self::TABLE.touched.len())
    }
}

pub(crate) fn decode_all<T: Table>(rows: &[PgRow]) -> Result<Vec<T>, Error> {
    rows.iter().map(decode).collect()
}

fn decode_first<T: Table>(rows: &[PgRow]) -> Result<Option<T>, Error> {
    rows.first().map(decode).transpose()
}

/// A row, or some of its columns.
fn projected<T: Table, P: Projection<T>>(row: &PgRow) -> Result<P, Error> {
    P::decode(&Row::new(row)).map_err(|cause| Error::Decode {
        table: T::DESCRIPTOR.qualified,
        cause,
    })
}

pub(crate) fn decode<T: Table>(row: &PgRow) -> Result<T, Error> {
    T::decode(&Row::new(row)).map_err(|cause| Error::Decode {
        table: T::DESCRIPTOR.qualified,
        cause,
    })
}
