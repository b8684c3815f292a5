//! SQL of the application's own, bound to a tenant. The text is written by hand; the tenant, the
//! policies, one exchange and typed rows are those of every other call.

mod row;
mod text;

#[cfg(feature = "fuzzing")]
pub(crate) use text::check;

use sqlx::SqlStr;
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::scope::Session;
use crate::value::{EncodeError, Parameter, Value};

pub use row::{QueryRow, ResultColumns, is_value};

/// A statement of one's own on its way, from [`TenantScope::query`] or [`Transaction::query`]. Nothing
/// happens until it is asked for its rows, or for how many it changed.
///
/// ```no_run
/// # #[cfg(feature = "scheduler")] {
/// use stellaops_db::schema::scheduler::GraphJobStatus;
/// use stellaops_db::{Error, QueryRow, TenantScope, Timestamp};
///
/// #[derive(Debug, QueryRow)]
/// struct StatusCount {
///     status: GraphJobStatus,
///     number: i64,
/// }
///
/// async fn count(scope: &TenantScope, since: Timestamp) -> Result<Vec<StatusCount>, Error> {
///     scope
///         .query("SELECT status, count(*) AS number FROM scheduler.graph_jobs WHERE created_at > $1 GROUP BY status ORDER BY status")
///         .bind(since)
///         .all()
///         .await
/// }
/// # }
/// ```
///
/// Every way of running it fails with
/// * [`Error::QueryAsSystem`] in a scope of the system login;
/// * [`Error::QueryStatement`] when the text is no statement on data, and [`Error::QueryParameters`] when
///   the values are not as many as the parameters that it names. Nothing was sent then;
/// * [`Error::QueryRow`] when a row does not fit the type that it is read into;
/// * whatever else the database can say.
///
/// [`TenantScope::query`]: crate::TenantScope::query
/// [`Transaction::query`]: crate::Transaction::query
#[must_use = "a query does nothing until it is run: `all`, `first`, `one` or `execute`"]
pub struct Query {
    session: Session,
    text: SqlStr,
    values: Vec<Result<Parameter, EncodeError>>,
}

impl std::fmt::Debug for Query {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the values: a parameter in a log is a leak.
        write!(formatter, "Query({:?})", self.text.as_str())
    }
}

impl Query {
    pub(crate) fn new(session: Session, text: SqlStr) -> Self {
        Query {
            session,
            text,
            values: Vec::new(),
        }
    }

    /// The value of the next parameter: `$1`, then `$2`, and so on. `None::<String>` is a NULL.
    pub fn bind(mut self, value: impl QueryValue) -> Self {
        self.values.push(value.into_parameter());
        self
    }

    /// All rows. The text says how many there may be, with `LIMIT`.
    ///
    /// # Errors
    /// See [`Query`].
    pub async fn all<R: QueryRow>(self) -> Result<Vec<R>, Error> {
        row::read(&self.rows().await?)
    }

    /// The first row, if there is one. The others are fetched and passed over: write `LIMIT 1`.
    ///
    /// # Errors
    /// See [`Query`].
    pub async fn first<R: QueryRow>(self) -> Result<Option<R>, Error> {
        let rows = self.rows().await?;
        let first = rows.get(..1).unwrap_or_default();
        Ok(row::read(first)?.pop())
    }

    /// The only row.
    ///
    /// # Errors
    /// [`Error::RowNumber`] when there is none, or more than one. See [`Query`].
    pub async fn one<R: QueryRow>(self) -> Result<R, Error> {
        let rows = self.rows().await?;
        match (row::read(&rows)?.pop(), rows.len()) {
            (Some(only), 1) => Ok(only),
            (_, number) => Err(Error::RowNumber { number }),
        }
    }

    /// Runs it for the number of rows that it inserted, updated or deleted.
    ///
    /// # Errors
    /// See [`Query`].
    pub async fn execute(self) -> Result<u64, Error> {
        let (session, text, parameters) = self.prepared()?;
        session.built_execute(text, parameters).await
    }

    async fn rows(self) -> Result<Vec<PgRow>, Error> {
        let (session, text, parameters) = self.prepared()?;
        session.built_rows(text, parameters).await
    }

    /// The statement as it is sent. The tenant goes last, so that the text counts its own parameters from
    /// one; PostgreSQL converts it like the others, although the text does not name it.
    fn prepared(self) -> Result<(Session, String, Vec<Parameter>), Error> {
        let Query {
            session,
            text,
            values,
        } = self;
        if !session.is_under_policies() {
            return Err(Error::QueryAsSystem);
        }
        text::check(text.as_str(), values.len())?;
        let mut parameters = values.into_iter().collect::<Result<Vec<_>, _>>()?;
        let text = text::typed(text.as_str(), &parameters);
        parameters.extend(session.leading(true));
        Ok((session, text, parameters))
    }
}

/// What a parameter of a [`Query`] can be: a value that a column can hold, or `&str` for a text.
#[diagnostic::on_unimplemented(
    message = "[SDB0113] `{Self}` is no value of a query",
    label = "a parameter is a value that a column can hold",
    note = "run `stellaops-db explain SDB0113`"
)]
pub trait QueryValue {
    /// The value as it is sent.
    ///
    /// # Errors
    /// [`EncodeError`] for what PostgreSQL cannot hold.
    #[doc(hidden)]
    fn into_parameter(self) -> Result<Parameter, EncodeError>;
}

#[diagnostic::do_not_recommend]
impl<V: Value> QueryValue for V {
    fn into_parameter(self) -> Result<Parameter, EncodeError> {
        self.to_parameter()
    }
}

impl QueryValue for &str {
    fn into_parameter(self) -> Result<Parameter, EncodeError> {
        self.to_string().to_parameter()
    }
}
