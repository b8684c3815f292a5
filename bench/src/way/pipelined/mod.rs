//! BEGIN, the tenant, the statement and COMMIT with tokio-postgres, sent without waiting for each
//! other's answers.

use std::collections::BTreeMap;

use clap::ValueEnum;
use futures_util::future::{try_join4, try_join5};
use tokio_postgres::types::{Json, ToSql};
use tokio_postgres::{Client, Row, Statement};
use uuid::Uuid;

use crate::Fault;
use crate::call::{Body, Call, LEASE, WORKER};
use crate::document::Payload;
use crate::row::{JobRow, RunRow, ScheduleRow, WorkerRow};
use crate::stock::COMPLETED;
use crate::verb::{PAGE, Verb};
use crate::way::statement::{self, CHILDREN_LIMIT, PAGE_LIMIT};

pub(crate) mod queue;
pub(crate) mod stream;

/// A connection with all statements prepared.
pub(crate) struct Pipelined {
    client: Client,
    bind_tenant: Statement,
    statements: BTreeMap<Verb, Statement>,
    runs: Statement,
    complete: Statement,
}

impl Pipelined {
    /// Connects and prepares.
    pub(crate) async fn connect(url: &str) -> Result<Self, tokio_postgres::Error> {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        // It ends when the client is dropped; an error reaches the caller that waits for the answer.
        tokio::spawn(async move { drop(connection.await) });
        let bind_tenant = client.prepare(statement::BIND_TENANT).await?;
        let mut statements = BTreeMap::new();
        for verb in Verb::value_variants() {
            statements.insert(*verb, client.prepare(statement::of(*verb)).await?);
        }
        let runs = client.prepare(statement::RUNS).await?;
        let complete = client.prepare(statement::COMPLETE).await?;
        Ok(Pipelined {
            runs,
            complete,
            client,
            bind_tenant,
            statements,
        })
    }

    /// Whether the connection has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs the call; the answer is the number of rows it was about.
    pub(crate) async fn run(&self, call: &Call) -> Result<usize, Fault> {
        let tenant = &call.tenant.as_str();
        match &call.body {
            Body::Get(id) => self.jobs(Verb::Get, &[tenant, id]).await,
            Body::Exists(id) => {
                let rows = self.transaction(Verb::Exists, &[tenant, id]).await?;
                Ok(usize::from(first(&rows)?.try_get::<_, bool>(0)?))
            }
            Body::GetByUnique(name) => self.rows::<WorkerRow>(Verb::GetByUnique, &[tenant, name]).await,
            Body::Insert(payload) => {
                self.jobs(Verb::Insert, &[tenant, &Uuid::now_v7(), &Json(payload)])
                    .await
            }
            Body::InsertMany(payloads) => self.insert_many(tenant, payloads).await,
            Body::Upsert(id, payload) => self.jobs(Verb::Upsert, &[tenant, id, &Json(payload)]).await,
            Body::Update(id, reason) => self.jobs(Verb::Update, &[tenant, id, reason]).await,
            Body::CompareAndSwap(id) => self.jobs(Verb::CompareAndSwap, &[tenant, id]).await,
            Body::Delete(id) => self.changed(&self.statements[&Verb::Delete], &[tenant, id]).await,
            Body::FirstPage => {
                self.page(Verb::FirstPage, &[tenant, &COMPLETED, &PAGE_LIMIT])
                    .await
            }
            Body::LaterPage(start) => {
                let parameters: Parameters<'_> =
                    &[tenant, &COMPLETED, &PAGE_LIMIT, &start.created_at, &start.id];
                self.page(Verb::LaterPage, parameters).await
            }
            Body::Family(id) => self.family(tenant, id).await,
            Body::Count => {
                let rows = self.transaction(Verb::Count, &[tenant, &COMPLETED]).await?;
                Ok(first(&rows)?.try_get::<_, i64>(0)? as usize)
            }
            Body::Claim => {
                self.jobs(Verb::Claim, &[tenant, &WORKER, &(LEASE as f64), &1_i64])
                    .await
            }
        }
    }

    async fn insert_many(&self, tenant: &&str, payloads: &[Payload]) -> Result<usize, Fault> {
        let rows: Vec<(Uuid, Json<&Payload>)> = payloads
            .iter()
            .map(|payload| (Uuid::now_v7(), Json(payload)))
            .collect();
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![tenant];
        for (id, payload) in &rows {
            parameters.push(id);
            parameters.push(payload);
        }
        self.jobs(Verb::InsertMany, &parameters).await
    }

    async fn family(&self, tenant: &&str, id: &Uuid) -> Result<usize, Fault> {
        let (_, _, parents, children, _) = try_join5(
            self.client.batch_execute("BEGIN"),
            self.client.execute(&self.bind_tenant, &[tenant]),
            self.client.query(&self.statements[&Verb::Family], &[tenant, id]),
            self.client.query(&self.runs, &[tenant, id, &CHILDREN_LIMIT]),
            self.client.batch_execute("COMMIT"),
        )
        .await?;
        Ok(read::<ScheduleRow>(&parents)? + read::<RunRow>(&children)?)
    }

    async fn page(&self, verb: Verb, parameters: Parameters<'_>) -> Result<usize, Fault> {
        Ok(self.jobs(verb, parameters).await?.min(PAGE))
    }

    async fn jobs(&self, verb: Verb, parameters: Parameters<'_>) -> Result<usize, Fault> {
        self.rows::<JobRow>(verb, parameters).await
    }

    async fn rows<T>(&self, verb: Verb, parameters: Parameters<'_>) -> Result<usize, Fault>
    where
        T: for<'r> TryFrom<&'r Row, Error = tokio_postgres::Error>,
    {
        let rows = self.transaction(verb, parameters).await?;
        Ok(read::<T>(&rows)?)
    }

    async fn transaction(
        &self,
        verb: Verb,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        // Each future sends its messages when it is polled first, and they are polled in this order.
        let (_, _, rows, _) = try_join4(
            self.client.batch_execute("BEGIN"),
            self.client.execute(&self.bind_tenant, &parameters[..1]),
            self.client.query(&self.statements[&verb], parameters),
            self.client.batch_execute("COMMIT"),
        )
        .await?;
        Ok(rows)
    }

    async fn changed(&self, statement: &Statement, parameters: Parameters<'_>) -> Result<usize, Fault> {
        let (_, _, changed, _) = try_join4(
            self.client.batch_execute("BEGIN"),
            self.client.execute(&self.bind_tenant, &parameters[..1]),
            self.client.execute(statement, parameters),
            self.client.batch_execute("COMMIT"),
        )
        .await?;
        Ok(changed as usize)
    }
}

type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

fn read<T>(rows: &[Row]) -> Result<usize, tokio_postgres::Error>
where
    T: for<'r> TryFrom<&'r Row, Error = tokio_postgres::Error>,
{
    let rows: Vec<T> = rows.iter().map(T::try_from).collect::<Result<_, _>>()?;
    Ok(std::hint::black_box(rows).len())
}

fn first(rows: &[Row]) -> Result<&Row, Fault> {
    Ok(rows.first().ok_or("no row")?)
}
