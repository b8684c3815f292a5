use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use crate::column::Comparable;
use crate::error::Error;
use crate::repository::{Repository, decode_first};
use crate::scope::Session;
use crate::table::Table;
use crate::value::{EncodeError, Parameter, Value};

impl<T: Table, A> Repository<T, A> {
    /// Begins to look for the row of a unique key, by the key's position in the specs. The derived
    /// repositories call this under the key's name.
    #[doc(hidden)]
    pub fn find(&self, key: usize) -> Find<T> {
        Find {
            session: self.session.clone(),
            key,
            values: Vec::new(),
            marker: PhantomData,
        }
    }
}

/// The one row with a unique key's values, on its way. Await it for the row, if there is one that this
/// scope can see; not when it is marked as deleted.
#[must_use = "nothing is looked for until it is awaited"]
pub struct Find<T> {
    session: Session,
    key: usize,
    values: Vec<Result<Parameter, EncodeError>>,
    marker: PhantomData<fn() -> T>,
}

impl<T: Table> std::fmt::Debug for Find<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the values: a row in a log is a leak.
        write!(formatter, "Find({})", T::DESCRIPTOR.qualified)
    }
}

impl<T: Table> Find<T> {
    /// The value of the key's next column.
    #[doc(hidden)]
    pub fn by<V: Value>(mut self, value: impl Comparable<V>) -> Self {
        self.values.push(value.into_value().to_parameter());
        self
    }

    async fn run(self) -> Result<Option<T>, Error> {
        let table = T::DESCRIPTOR;
        let mut parameters = self.session.leading(table.has_tenant);
        for value in self.values {
            parameters.push(value?);
        }
        let statement = table.statements.get_by_unique[self.key];
        decode_first(&self.session.rows(statement, parameters).await?)
    }
}

impl<T: Table> IntoFuture for Find<T> {
    type Output = Result<Option<T>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
