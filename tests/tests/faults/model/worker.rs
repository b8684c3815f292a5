//! A worker: it writes rows of its own for one tenant, under faults, and remembers what it was told.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::PgPool;
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::{PostgresServer, ProxyOptions, TestDatabase, WireProxy};
use stellaops_db::{Database, Error, Id, Outcome, TenantId, TenantScope};
use uuid::Uuid;

use super::belief::{Beliefs, State};
use super::plan::{Fault, Operation, Step};
use super::witness::{SESSION, Witness};
use crate::stage::graph_job;
use crate::support::*;

/// A database of the pool. The guard's own questions are under the limit as well, and may be asked again.
async fn guarded(pool: &PgPool) -> Database {
    for _ in 0..100 {
        match Database::from_pool(pool.clone(), []).await {
            Err(error) if error.outcome() == Outcome::TryAgain => {}
            guarded => return guarded.expect("is walled off"),
        }
    }
    panic!("a hundred times the guard had no answer within {LIMIT:?}");
}

/// How long a statement may take.
const LIMIT: Duration = Duration::from_millis(100);

pub(super) struct Worker {
    pub(super) tenant: TenantId,
    pub(super) beliefs: Beliefs,
    /// Its only connection is in there.
    pub(super) pool: PgPool,
    db: Database,
    proxy: WireProxy,
    witness: Witness,
    session: String,
    last_value: u32,
}

/// What a call gave: rows that were read.
type Rows = Vec<(Uuid, State)>;

impl Worker {
    pub(super) async fn start(server: &PostgresServer, database: &TestDatabase, tenant: TenantId) -> Self {
        let proxy = WireProxy::start(server, ProxyOptions::default()).await;
        let proxy = proxy.expect("the proxy starts");
        let limit = LIMIT.as_millis().to_string();
        let options = proxy
            .connect_options(database.name(), APPLICATION)
            .options([("statement_timeout", limit.as_str())]);
        let pool = pool(options, 1).await;
        let db = guarded(&pool).await;
        let mut worker = Worker {
            tenant,
            beliefs: Beliefs::default(),
            db,
            pool,
            proxy,
            witness: Witness::new(database.connect_options()),
            session: String::new(),
            last_value: 0,
        };
        worker.session = worker.session_now().await;
        worker
    }

    pub(super) async fn run(mut self, steps: Vec<Step>, done: &AtomicUsize) -> Self {
        for step in steps {
            self.step(step).await;
            done.fetch_add(1, Ordering::SeqCst);
        }
        self
    }

    async fn step(&mut self, step: Step) {
        let (ids, state) = self.rows_of(step);
        let result = self.under(step.fault, step.operation, &ids, state).await;
        match result {
            Some(Ok(rows)) => {
                if !matches!(step.operation, Operation::Get | Operation::List) {
                    self.beliefs.told(&ids, state, Ok(()));
                }
                for (id, state) in rows {
                    self.beliefs.seen(id, state);
                }
            }
            Some(Err(Error::NotFound { .. })) => self.beliefs.seen(ids[0], None),
            Some(Err(error)) => {
                let outcome = error.outcome();
                assert_ne!(
                    outcome,
                    Outcome::Refused,
                    "{step:?}: a fault is no refusal: {error:?}"
                );
                self.remember(step.operation, &ids, state, outcome).await;
            }
            None => self.remember(step.operation, &ids, state, Outcome::Unknown).await,
        }
    }

    /// Remembers a call that failed or was left, and waits until nothing of it is on its way any more.
    async fn remember(&mut self, operation: Operation, ids: &[Uuid], state: State, outcome: Outcome) {
        if !matches!(operation, Operation::Get | Operation::List) {
            self.beliefs.told(ids, state, Err(outcome));
        }
        let now = self.session_now().await;
        if now != self.session {
            self.witness.ended(&self.session).await;
            self.session = now;
        }
    }

    /// The session of the worker's connection: the next call works, sooner or later.
    pub(super) async fn session_now(&self) -> String {
        let mut session = String::new();
        until("a call works again", async || {
            let scope = self.db.tenant(&self.tenant);
            match scope.query(SESSION).one::<(String,)>().await {
                Ok((now,)) => {
                    session = now;
                    true
                }
                Err(error) => {
                    let outcome = error.outcome();
                    assert_ne!(outcome, Outcome::Refused, "a fault is no refusal: {error:?}");
                    false
                }
            }
        })
        .await;
        session
    }

    /// The rows of an operation, and the state that they are to come into.
    fn rows_of(&mut self, step: Step) -> (Vec<Uuid>, State) {
        self.last_value += 1;
        let new = match step.operation {
            Operation::Insert => 1,
            Operation::Unit => 2,
            Operation::Many => 3,
            _ => 0,
        };
        let state = match step.operation {
            Operation::Delete => None,
            _ => Some(self.last_value),
        };
        let is_read = matches!(step.operation, Operation::Get | Operation::List);
        if new == 0
            && let Some(known) = self.beliefs.pick(step.row, is_read)
        {
            return (vec![known], state);
        }
        let ids: Vec<_> = (0..new.max(1)).map(|_| Uuid::now_v7()).collect();
        self.beliefs.begin(&ids);
        (ids, state)
    }

    /// Runs an operation under a fault; none when it was left.
    async fn under(
        &mut self,
        fault: Option<Fault>,
        operation: Operation,
        ids: &[Uuid],
        state: State,
    ) -> Option<Result<Rows, Error>> {
        let call = call(&self.db, &self.tenant, &self.beliefs, operation, ids, state);
        match fault {
            None => Some(call.await),
            Some(Fault::Cut(nth)) => {
                self.proxy.cut_at(nth);
                let result = call.await;
                self.proxy.cut_at(0);
                Some(result)
            }
            Some(Fault::Kill(after)) => {
                let kill = self.witness.kill(&self.session, after);
                let (result, ()) = tokio::join!(call, kill);
                Some(result)
            }
            Some(Fault::Leave(after)) => tokio::time::timeout(after, call).await.ok(),
            Some(Fault::Lock) => {
                let (result, ()) = tokio::join!(call, self.witness.lock(LIMIT * 2));
                Some(result)
            }
        }
    }
}

/// Runs an operation for the rows that it reads.
async fn call(
    db: &Database,
    tenant: &TenantId,
    beliefs: &Beliefs,
    operation: Operation,
    ids: &[Uuid],
    state: State,
) -> Result<Rows, Error> {
    let scope = db.tenant(tenant);
    let jobs = scope.repository::<GraphJobRepository>();
    match operation {
        Operation::Get => {
            let found = jobs.get(Id::new(ids[0])).await?;
            Ok(vec![(ids[0], found.map(|job| value_of(&job)))])
        }
        Operation::List => {
            let page = jobs.list_by_newest().limit(50).await?;
            assert!(
                page.rows.iter().all(|job| job.tenant_id == *tenant),
                "a foreign row"
            );
            let own = page.rows.iter().filter(|job| beliefs.knows(job.id.uuid()));
            Ok(own.map(|job| (job.id.uuid(), Some(value_of(job)))).collect())
        }
        _ => write(&scope, &jobs, operation, ids, state)
            .await
            .map(|()| Vec::new()),
    }
}

async fn write(
    scope: &TenantScope,
    jobs: &GraphJobRepository,
    operation: Operation,
    ids: &[Uuid],
    state: State,
) -> Result<(), Error> {
    let reason = state.map(|value| value.to_string());
    let row = |id: &Uuid| graph_job().id(Id::new(*id)).failure_reason(reason.clone());
    match operation {
        Operation::Insert => jobs.insert(row(&ids[0])).await.map(drop),
        Operation::Upsert => jobs.upsert(row(&ids[0])).await.map(drop),
        Operation::Update => {
            let patch = GraphJob::patch().failure_reason(reason);
            jobs.update(Id::new(ids[0]), patch).await.map(drop)
        }
        Operation::Delete => jobs.delete(Id::new(ids[0])).await.map(drop),
        Operation::Many => jobs.insert_many(ids.iter().map(row)).await.map(drop),
        Operation::Unit => {
            let transaction = scope.begin().await?;
            let within = transaction.repository::<GraphJobRepository>();
            for id in ids {
                within.insert(row(id)).await?;
            }
            transaction.commit().await
        }
        Operation::Get | Operation::List => Ok(()),
    }
}

fn value_of(job: &GraphJob) -> u32 {
    let text = job.failure_reason.as_deref().expect("it has a value");
    text.parse().expect("it is a number")
}
