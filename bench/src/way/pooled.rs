//! A way with a pool of connections that many callers share.

use std::time::Duration;

use ::sea_orm::DatabaseConnection;
use deadpool::managed::{Manager, Metrics, RecycleResult};
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use stellaops_db::{Config, Database, TenantId};

use crate::Fault;
use crate::call::Call;
use crate::row::JobRow;
use crate::stage::{Addresses, Login};
use crate::way::pipelined::{self, Pipelined};
use crate::way::{Kind, diesel, plain, sea_orm, toolkit};

/// A way, with its pool.
pub(crate) enum Pooled {
    Floor(PgPool),
    Toolkit(Database),
    Usual(PgPool),
    Pipelined(deadpool::managed::Pool<Connections>),
    SeaOrm(DatabaseConnection),
    Diesel(diesel_async::pooled_connection::deadpool::Pool<AsyncPgConnection>),
}

/// A job under a lease, as a way knows it.
pub(crate) enum Leased {
    Toolkit(Box<toolkit::queue::Leased>),
    ByHand(Box<JobRow>),
    SeaOrm(Box<sea_orm::queue::Leased>),
    Diesel(Box<diesel::queue::Leased>),
}

/// Who works for whom.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) tenant: TenantId,
    pub(crate) name: String,
    pub(crate) lease: Duration,
}

impl Pooled {
    /// A pool of so many connections.
    pub(crate) async fn open(kind: Kind, addresses: &Addresses, size: usize) -> Result<Self, Fault> {
        let application = addresses.options(Login::Application)?;
        let url = addresses.url(Login::Application);
        let connections = u32::try_from(size)?;
        Ok(match kind {
            Kind::Floor => Pooled::Floor(pool(addresses.options(Login::Floor)?, connections).await?),
            Kind::Toolkit => {
                let config = Config::from_options(application).with_max_connections(connections);
                Pooled::Toolkit(Database::connect(&config).await?)
            }
            Kind::Usual => Pooled::Usual(pool(application, connections).await?),
            Kind::Pipelined => {
                let builder = deadpool::managed::Pool::builder(Connections(url.to_owned()));
                Pooled::Pipelined(builder.max_size(size).build()?)
            }
            Kind::SeaOrm => Pooled::SeaOrm(pool(application, connections).await?.into()),
            Kind::Diesel => {
                let mut config = ManagerConfig::default();
                config.recycling_method = RecyclingMethod::Fast;
                let manager = AsyncDieselConnectionManager::new_with_config(url, config);
                let builder = diesel_async::pooled_connection::deadpool::Pool::builder(manager);
                Pooled::Diesel(builder.max_size(size).build()?)
            }
            Kind::Copy | Kind::TenantInBegin => return Err("this way has no pool".into()),
        })
    }

    /// Makes the call; the answer is the number of rows it was about.
    pub(crate) async fn run(&self, call: &Call) -> Result<usize, Fault> {
        Ok(match self {
            Pooled::Floor(pool) => plain::run(&mut *pool.acquire().await?, call).await?,
            Pooled::Toolkit(database) => toolkit::run(database, call).await?,
            Pooled::Usual(pool) => {
                let mut connection = pool.acquire().await?;
                let mut transaction = plain::begin(&mut connection, call.tenant.as_str()).await?;
                let rows = plain::run(&mut transaction, call).await?;
                transaction.commit().await?;
                rows
            }
            Pooled::Pipelined(pool) => pool.get().await?.run(call).await?,
            Pooled::SeaOrm(database) => sea_orm::run(database, call).await?,
            Pooled::Diesel(pool) => diesel::run(&mut *pool.get().await?, call).await?,
        })
    }

    /// Claims a job, when there is one.
    pub(crate) async fn claim(&self, worker: &Worker) -> Result<Option<Leased>, Fault> {
        let (tenant, name, lease) = (worker.tenant.as_str(), &worker.name, worker.lease);
        let by_hand = |job: Option<JobRow>| job.map(|job| Leased::ByHand(Box::new(job)));
        Ok(match self {
            Pooled::Floor(pool) => {
                let mut connection = pool.acquire().await?;
                by_hand(plain::queue::claim(&mut connection, tenant, name, lease).await?)
            }
            Pooled::Toolkit(database) => {
                let job = toolkit::queue::claim(database, &worker.tenant, name, lease).await?;
                job.map(|job| Leased::Toolkit(Box::new(job)))
            }
            Pooled::Usual(pool) => {
                let mut connection = pool.acquire().await?;
                let mut transaction = plain::begin(&mut connection, tenant).await?;
                let job = plain::queue::claim(&mut transaction, tenant, name, lease).await?;
                transaction.commit().await?;
                by_hand(job)
            }
            Pooled::Pipelined(pool) => {
                by_hand(pipelined::queue::claim(&*pool.get().await?, tenant, name, lease).await?)
            }
            Pooled::SeaOrm(database) => {
                let job = sea_orm::queue::claim(database, tenant, name, lease).await?;
                job.map(|job| Leased::SeaOrm(Box::new(job)))
            }
            Pooled::Diesel(pool) => {
                let job = diesel::queue::claim(&mut *pool.get().await?, tenant, name, lease).await?;
                job.map(|job| Leased::Diesel(Box::new(job)))
            }
        })
    }

    /// Ends a claim; whether it was still held.
    pub(crate) async fn complete(&self, worker: &Worker, job: &Leased) -> Result<bool, Fault> {
        let (tenant, name) = (worker.tenant.as_str(), &worker.name);
        Ok(match (self, job) {
            (Pooled::Floor(pool), Leased::ByHand(job)) => {
                let mut connection = pool.acquire().await?;
                plain::queue::complete(&mut connection, tenant, name, job).await?
            }
            (Pooled::Toolkit(database), Leased::Toolkit(job)) => {
                toolkit::queue::complete(database, &worker.tenant, job).await?
            }
            (Pooled::Usual(pool), Leased::ByHand(job)) => {
                let mut connection = pool.acquire().await?;
                let mut transaction = plain::begin(&mut connection, tenant).await?;
                let is_held = plain::queue::complete(&mut transaction, tenant, name, job).await?;
                transaction.commit().await?;
                is_held
            }
            (Pooled::Pipelined(pool), Leased::ByHand(job)) => {
                pipelined::queue::complete(&*pool.get().await?, tenant, name, job).await?
            }
            (Pooled::SeaOrm(database), Leased::SeaOrm(job)) => {
                sea_orm::queue::complete(database, tenant, name, job).await?
            }
            (Pooled::Diesel(pool), Leased::Diesel(job)) => {
                diesel::queue::complete(&mut *pool.get().await?, tenant, name, job).await?
            }
            _ => return Err("another way's job".into()),
        })
    }
}

impl Leased {
    /// The job's id.
    pub(crate) fn id(&self) -> uuid::Uuid {
        match self {
            Leased::Toolkit(job) => job.id.uuid(),
            Leased::ByHand(job) => job.id,
            Leased::SeaOrm(job) => job.id,
            Leased::Diesel(job) => job.id,
        }
    }
}

async fn pool(options: PgConnectOptions, size: u32) -> Result<PgPool, sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections(size)
        .test_before_acquire(false);
    pool.connect_with(options).await
}

/// Makes connections of tokio-postgres, with all statements prepared.
pub(crate) struct Connections(String);

impl Manager for Connections {
    type Type = Pipelined;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Pipelined, tokio_postgres::Error> {
        Pipelined::connect(&self.0).await
    }

    async fn recycle(&self, pipelined: &mut Pipelined, _: &Metrics) -> RecycleResult<tokio_postgres::Error> {
        match pipelined.is_closed() {
            false => Ok(()),
            true => Err(deadpool::managed::RecycleError::message("it is closed")),
        }
    }
}
