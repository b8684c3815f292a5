//! Where the statements of a bulk load run: in a transaction of its own, or in the one that it takes part in.

use std::future::Future;

use sqlx::postgres::{PgConnection, PgRow, Postgres};
use sqlx::{Executor as _, SqlSafeStr, SqlStr};

use crate::error::{Error, is_about_a_row};
use crate::scope::Session;
use crate::scope::open::Open;
use crate::telemetry::{Operation, observed};
use crate::value::Parameter;
use crate::value::binder::bind;

/// A load on its way. Left before its end, nothing of it takes effect.
pub(crate) struct Load {
    session: Session,
    open: Open,
    is_own: bool,
    has_ended: bool,
}

/// What became of a statement behind a savepoint: its result, or why a row was refused. Then it is undone.
pub(crate) type Attempt<R> = Result<R, Error>;

impl Load {
    /// In a transaction that is the load's own.
    pub(super) fn alone(session: Session, open: Open) -> Self {
        Load::new(session, open, true)
    }

    /// In a transaction that others use as well.
    pub(super) fn within(session: Session, open: Open) -> Self {
        Load::new(session, open, false)
    }

    fn new(session: Session, open: Open, is_own: bool) -> Self {
        Load {
            session,
            open,
            is_own,
            has_ended: false,
        }
    }

    /// A number for a temporary table that no other of the transaction has.
    pub(crate) fn next_name(&self) -> u32 {
        self.open.next_name()
    }

    /// Runs a statement for its rows. Its text holds no value: they are parameters.
    pub(crate) async fn attempt(
        &self,
        sql: String,
        parameters: Vec<Parameter>,
    ) -> Result<Attempt<Vec<PgRow>>, Error> {
        let text = sql.clone();
        let query = sqlx::query_with::<Postgres, _>(safe(sql), bind(parameters)?);
        self.session.count();
        let work = async {
            let mut statement = self.open.statement().await?;
            let connection = statement.connection()?;
            let result = async {
                connection.execute(SAVEPOINT).await?;
                let result = connection.fetch_all(query).await;
                after_savepoint(connection, result, is_about_a_row).await
            };
            let result = result.await;
            statement.settle(result).await
        };
        let rows = |attempt: &Attempt<Vec<PgRow>>| attempt.as_ref().map_or(0, Vec::len) as u64;
        self.told(&text, work, rows).await
    }

    /// Runs work inside the span of a statement.
    async fn told<R>(
        &self,
        sql: &str,
        work: impl Future<Output = Result<R, Error>>,
        rows: impl FnOnce(&R) -> u64,
    ) -> Result<R, Error> {
        let namespace = &self.session.shared.namespace;
        observed(namespace, &Operation::of(sql), work, rows).await.0
    }

    /// Makes a temporary table, and says whether the role may.
    pub(crate) async fn make_table(&self, sql: String) -> Result<bool, Error> {
        let mut statement = self.open.statement().await?;
        let connection = statement.connection()?;
        let result = async {
            connection.execute(SAVEPOINT).await?;
            let result = connection.execute(safe(sql)).await;
            after_savepoint(connection, result, is_denied).await
        };
        let result = result.await;
        Ok(statement.settle(result).await?.is_ok())
    }

    /// Runs a statement on a temporary table.
    pub(crate) async fn run(&self, sql: String) -> Result<(), Error> {
        let mut statement = self.open.statement().await?;
        let result = statement.connection()?.execute(safe(sql)).await;
        statement.settle(result.map(drop)).await
    }

    /// Sends data as they are encoded. Says why, when a value is refused on arrival.
    ///
    /// The driver finds no way out of a COPY that is left in the middle: so it is a task of its own, which goes on
    /// to its end when nobody waits for it any more.
    pub(crate) async fn copy(
        &self,
        sql: String,
        data: impl Iterator<Item = Result<Vec<u8>, sqlx::Error>> + Send + 'static,
    ) -> Result<Attempt<()>, Error> {
        let (open, text) = (self.open.clone(), sql.clone());
        let copying = tokio::spawn(async move {
            let mut statement = open.statement().await?;
            let connection = statement.connection()?;
            let result = copy_behind_savepoint(connection, &sql, data).await;
            statement.settle(result).await
        });
        let work = async {
            match copying.await {
                Ok(result) => result,
                Err(_) => Err(Error::Connection(sqlx::Error::WorkerCrashed)),
            }
        };
        let sent = |attempt: &Attempt<u64>| *attempt.as_ref().unwrap_or(&0);
        Ok(self.told(&text, work, sent).await?.map(drop))
    }

    /// Makes everything take effect, with the transaction that it is part of.
    pub(crate) async fn end(mut self) -> Result<(), Error> {
        self.has_ended = true;
        match self.is_own {
            true => self.open.commit().await,
            false => Ok(()),
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        match (self.is_own, self.has_ended) {
            // Nobody else knows of the transaction.
            (true, _) => self.open.abandon(),
            (false, false) => self.open.spoil(),
            (false, true) => {}
        }
    }
}

const SAVEPOINT: &str = "SAVEPOINT stellaops_bulk";
const RELEASE: &str = "RELEASE SAVEPOINT stellaops_bulk";
const BACK: &str = "ROLLBACK TO SAVEPOINT stellaops_bulk; RELEASE SAVEPOINT stellaops_bulk";

/// Keeps what was done since the savepoint, or undoes it where the error is one that is expected. After any
/// other the transaction has failed.
async fn after_savepoint<R>(
    connection: &mut PgConnection,
    result: Result<R, sqlx::Error>,
    is_expected: fn(&sqlx::Error) -> bool,
) -> Result<Attempt<R>, sqlx::Error> {
    match result {
        Ok(value) => {
            connection.execute(RELEASE).await?;
            Ok(Ok(value))
        }
        Err(error) if is_expected(&error) => {
            connection.execute(BACK).await?;
            Ok(Err(Error::from(error)))
        }
        Err(error) => Err(error),
    }
}

async fn copy_behind_savepoint(
    connection: &mut PgConnection,
    sql: &str,
    data: impl Iterator<Item = Result<Vec<u8>, sqlx::Error>> + Send,
) -> Result<Attempt<u64>, sqlx::Error> {
    connection.execute(SAVEPOINT).await?;
    let mut copying = connection.copy_in_raw(sql).await?;
    for chunk in data {
        match chunk {
            Ok(chunk) => copying.send(chunk).await.map(drop)?,
            Err(error) => {
                copying.abort("a value cannot be sent").await?;
                return Err(error);
            }
        }
    }
    let result = copying.finish().await;
    after_savepoint(connection, result, is_about_a_row).await
}

fn is_denied(error: &sqlx::Error) -> bool {
    let said = error.as_database_error();
    said.and_then(|said| said.code()).as_deref() == Some("42501")
}

/// The text is the toolkit's own, and holds no value.
fn safe(sql: String) -> SqlStr {
    sqlx::AssertSqlSafe(sql).into_sql_str()
}
