use std::future::{Future, IntoFuture};
use std::pin::Pin;

use crate::error::Error;
use crate::repository::{Repository, decode_all};
use crate::scope::Session;
use crate::table::{Searchable, Table};
use crate::value::{Parameter, Value};

/// The greatest number of rows that a search gives.
const MAX_LIMIT: u32 = 1_000;
/// The number of rows of a search that names no limit.
const DEFAULT_LIMIT: u32 = 20;
/// So much of a text is searched for; nobody types more.
const MAX_CHARACTERS: usize = 1_000;

impl<T: Table, A> Repository<T, A> {
    /// Searches for words, the best rows first: `word another` means both, `"two words"` a phrase, `or`
    /// either, `-word` not that one. Any text is taken that PostgreSQL can hold: one with a NUL is
    /// [`Error::Encode`]. One without words finds nothing, and of a text of more than 1,000 characters the first
    /// 1,000 count. Upper and lower case are the same; of letters beyond
    /// ASCII only where the database's character type knows them, which `C` does not. Nothing happens until
    /// it is awaited.
    pub fn search(&self, text: impl Into<String>) -> Search<T>
    where
        T: Searchable,
    {
        Search {
            session: self.session.clone(),
            text: text.into(),
            limit: DEFAULT_LIMIT,
            marker: std::marker::PhantomData,
        }
    }
}

/// A search on its way. Await it for its rows.
#[must_use = "a search does nothing until it is awaited"]
pub struct Search<T> {
    session: Session,
    text: String,
    limit: u32,
    marker: std::marker::PhantomData<fn() -> T>,
}

impl<T: Table> std::fmt::Debug for Search<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the words: what people look for is theirs.
        write!(formatter, "Search({})", T::DESCRIPTOR.qualified)
    }
}

impl<T: Table> Search<T> {
    /// At most that many rows, from 1 to 1,000; 20 when it is not said.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    async fn run(self) -> Result<Vec<T>, Error> {
        if !(1..=MAX_LIMIT).contains(&self.limit) {
            return Err(Error::OutOfRange {
                what: "limit",
                number: i64::from(self.limit),
                range: "from 1 to 1,000",
            });
        }
        let words: String = self.text.chars().take(MAX_CHARACTERS).collect();
        let parameters = vec![words.to_parameter()?, Parameter::BigInt(Some(self.limit.into()))];
        let rows = self
            .session
            .rows(T::DESCRIPTOR.statements.search, parameters)
            .await?;
        decode_all(&rows)
    }
}

impl<T: Table> IntoFuture for Search<T> {
    type Output = Result<Vec<T>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
