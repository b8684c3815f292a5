//! Where statements run: on a connection of their own, or in a transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::Stream;
use sqlx::postgres::{PgQueryResult, PgRow, Postgres};
use sqlx::{Executor, Row as _, SqlSafeStr, SqlStr};

use crate::connection::Connections;
use crate::database::Shared;
use crate::error::{Error, is_about_a_row};
use crate::scope::load::{Attempt, Load};
use crate::scope::open::Open;
use crate::scope::stream;
use crate::table::InsertContext;
use crate::telemetry::{Operation, observed, plan};
use crate::tenant::TenantId;
use crate::timestamp::Timestamp;
use crate::value::Parameter;
use crate::value::binder::bind;

/// A tenant (or none), and where its statements run. Not generic: the verbs of all tables share it.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) shared: Arc<Shared>,
    pub(crate) tenant: Option<TenantId>,
    place: Place,
    login: Login,
}

/// As whom a session's statements run.
#[derive(Clone)]
pub(crate) enum Login {
    /// A service, which row-level security holds.
    Application,
    /// The one that sees through it. Its statements are counted, for the evidence.
    System(Arc<AtomicU64>),
}

#[derive(Clone)]
enum Place {
    Connections(Connections),
    Transaction(Open),
}

impl Session {
    pub(crate) fn new(
        shared: Arc<Shared>,
        connections: Connections,
        tenant: Option<TenantId>,
        login: Login,
    ) -> Self {
        Session {
            shared,
            tenant,
            place: Place::Connections(connections),
            login,
        }
    }

    /// The same tenant, by the application's login, on the replica.
    pub(crate) fn on_replica(&self) -> Result<Self, Error> {
        let connections = self.shared.replica.clone().ok_or(Error::NoReplica)?;
        Ok(Session {
            place: Place::Connections(connections),
            login: Login::Application,
            ..self.clone()
        })
    }

    /// The same tenant, inside a transaction that begins now.
    pub(crate) async fn begin(&self) -> Result<(Self, Open), Error> {
        self.begin_with(None).await
    }

    /// As [`Session::begin`], by these words in place of `BEGIN`.
    pub(crate) async fn begin_with(&self, words: Option<String>) -> Result<(Self, Open), Error> {
        let Place::Connections(connections) = &self.place else {
            return Err(Error::TransactionEnded);
        };
        let words = words.map(|words| sqlx::AssertSqlSafe(words).into_sql_str());
        let open = Open::begin(connections.acquire().await?, words).await;
        let open = open.inspect_err(|_| connections.doubt())?;
        let place = Place::Transaction(open.clone());
        Ok((
            Session {
                place,
                ..self.clone()
            },
            open,
        ))
    }

    /// Where a bulk load runs: in this transaction, or in one that begins now.
    pub(crate) async fn load(&self) -> Result<Load, Error> {
        match &self.place {
            Place::Transaction(open) => Ok(Load::within(self.clone(), open.clone())),
            Place::Connections(_) => {
                let (session, open) = self.begin().await?;
                Ok(Load::alone(session, open))
            }
        }
    }

    /// Whether row-level security holds for its statements, whatever their text says.
    pub(crate) fn is_under_policies(&self) -> bool {
        matches!(self.login, Login::Application)
    }

    /// The time that this call's rows are stamped with.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::new(self.shared.clock.now())
    }

    /// What a new row is given.
    pub(crate) fn insert_context<'a>(&'a self, tenant: &'a TenantId) -> InsertContext<'a> {
        InsertContext {
            tenant,
            now: self.now(),
            ids: self.shared.ids.as_ref(),
        }
    }

    /// The tenant as the first parameter, where the table has one.
    pub(crate) fn leading(&self, has_tenant: bool) -> Vec<Parameter> {
        self.tenant
            .iter()
            .filter(|_| has_tenant)
            .cloned()
            .map(Parameter::Tenant)
            .collect()
    }

    /// Runs a constant statement for its rows.
    pub(crate) async fn rows(
        &self,
        sql: &'static str,
        parameters: Vec<Parameter>,
    ) -> Result<Vec<PgRow>, Error> {
        self.rows_of(sql.into_sql_str(), parameters).await
    }

    /// Runs a statement that was built at run time. Its text holds no value: they are parameters.
    pub(crate) async fn built_rows(
        &self,
        sql: String,
        parameters: Vec<Parameter>,
    ) -> Result<Vec<PgRow>, Error> {
        self.rows_of(sqlx::AssertSqlSafe(sql).into_sql_str(), parameters)
            .await
    }

    async fn rows_of(&self, sql: SqlStr, parameters: Vec<Parameter>) -> Result<Vec<PgRow>, Error> {
        let kept = self.kept(&parameters);
        let (namespace, text) = (&self.shared.namespace, sql.clone());
        let operation = Operation::of(text.as_str());
        let fetched = self.fetched(sql, parameters);
        let (result, took) = observed(namespace, &operation, fetched, |rows| rows.len() as u64).await;
        self.tell_slow(&text, kept, took).await;
        result
    }

    /// The parameters, where they may be needed to ask for a plan.
    fn kept(&self, parameters: &[Parameter]) -> Option<Vec<Parameter>> {
        let slow = self.shared.slow.filter(|slow| slow.with_plan);
        slow.map(|_| parameters.to_vec())
    }

    /// Tells of a statement that was slow.
    async fn tell_slow(&self, sql: &SqlStr, parameters: Option<Vec<Parameter>>, took: Duration) {
        if self.shared.slow.is_none_or(|slow| took < slow.threshold) {
            return;
        }
        let plan = match parameters {
            Some(parameters) => self.explained(sql, parameters).await,
            None => None,
        };
        tracing::warn!(
            target: "stellaops_db",
            statement = %Operation::of(sql.as_str()),
            milliseconds = took.as_millis() as u64,
            plan,
            "a statement was slow"
        );
    }

    /// The plan that a statement would have now.
    async fn explained(&self, sql: &SqlStr, parameters: Vec<Parameter>) -> Option<String> {
        let explain = format!("EXPLAIN (FORMAT JSON) {}", sql.as_str());
        let explain = sqlx::AssertSqlSafe(explain).into_sql_str();
        let rows = self.fetched(explain, parameters).await.ok()?;
        let explained: String = rows.first()?.try_get_unchecked(0).ok()?;
        Some(plan(&explained))
    }

    async fn fetched(&self, sql: SqlStr, parameters: Vec<Parameter>) -> Result<Vec<PgRow>, Error> {
        let query = sqlx::query_with::<Postgres, _>(sql, bind(parameters)?);
        self.count();
        match &self.place {
            Place::Transaction(open) => {
                let mut statement = open.statement().await?;
                let result = statement.connection()?.fetch_all(query).await;
                statement.settle(result).await
            }
            Place::Connections(connections) => {
                let mut in_use = connections.acquire().await?;
                let result = in_use.connection.fetch_all(query).await;
                in_use.settle(result)
            }
        }
    }

    /// Runs a statement that was built at run time on a connection of its own. When a row is refused nothing has
    /// been written, and the connection is as before.
    pub(crate) async fn attempt(
        &self,
        sql: String,
        parameters: Vec<Parameter>,
    ) -> Result<Attempt<Vec<PgRow>>, Error> {
        let Place::Connections(connections) = &self.place else {
            return Err(Error::TransactionEnded);
        };
        let sql = sqlx::AssertSqlSafe(sql).into_sql_str();
        let text = sql.clone();
        let operation = Operation::of(text.as_str());
        let attempted = async {
            let query = sqlx::query_with::<Postgres, _>(sql, bind(parameters)?);
            self.count();
            let mut in_use = connections.acquire().await?;
            match in_use.connection.fetch_all(query).await {
                Err(error) if is_about_a_row(&error) => {
                    in_use.keep();
                    Ok(Err(Error::from(error)))
                }
                result => in_use.settle(result).map(Ok),
            }
        };
        let rows = |attempt: &Attempt<Vec<PgRow>>| attempt.as_ref().map_or(0, Vec::len) as u64;
        let (result, _) = observed(&self.shared.namespace, &operation, attempted, rows).await;
        result
    }

    /// Runs a statement that was built at run time on a connection of its own, for its rows as they come. In a
    /// transaction there is none: its connection serves other statements as well.
    pub(crate) fn built_stream(
        &self,
        sql: String,
        parameters: Vec<Parameter>,
    ) -> Result<impl Stream<Item = Result<PgRow, Error>> + Send + use<>, Error> {
        let Place::Connections(connections) = &self.place else {
            return Err(Error::TransactionEnded);
        };
        let arguments = bind(parameters)?;
        self.count();
        let sql = sqlx::AssertSqlSafe(sql).into_sql_str();
        let namespace = self.shared.namespace.clone();
        Ok(stream::rows(connections.clone(), namespace, sql, arguments))
    }

    /// Whether statements run in a transaction.
    pub(crate) fn is_in_transaction(&self) -> bool {
        matches!(self.place, Place::Transaction(_))
    }

    /// Runs a constant statement for the number of rows it changed.
    pub(crate) async fn execute(&self, sql: &'static str, parameters: Vec<Parameter>) -> Result<u64, Error> {
        self.execute_of(sql.into_sql_str(), parameters).await
    }

    /// Runs a statement that was built at run time, for the number of rows it changed. Its text holds no
    /// value: they are parameters.
    pub(crate) async fn built_execute(&self, sql: String, parameters: Vec<Parameter>) -> Result<u64, Error> {
        self.execute_of(sqlx::AssertSqlSafe(sql).into_sql_str(), parameters)
            .await
    }

    async fn execute_of(&self, sql: SqlStr, parameters: Vec<Parameter>) -> Result<u64, Error> {
        let kept = self.kept(&parameters);
        let (namespace, text) = (&self.shared.namespace, sql.clone());
        let operation = Operation::of(text.as_str());
        let executed = self.executed(sql, parameters);
        let (result, took) = observed(namespace, &operation, executed, |number| *number).await;
        self.tell_slow(&text, kept, took).await;
        result
    }

    async fn executed(&self, sql: SqlStr, parameters: Vec<Parameter>) -> Result<u64, Error> {
        let query = sqlx::query_with::<Postgres, _>(sql, bind(parameters)?);
        self.count();
        let done: PgQueryResult = match &self.place {
            Place::Transaction(open) => {
                let mut statement = open.statement().await?;
                let result = statement.connection()?.execute(query).await;
                statement.settle(result).await?
            }
            Place::Connections(connections) => {
                let mut in_use = connections.acquire().await?;
                let result = in_use.connection.execute(query).await;
                in_use.settle(result)?
            }
        };
        Ok(done.rows_affected())
    }

    pub(super) fn count(&self) {
        if let Login::System(statements) = &self.login {
            statements.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Session")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
