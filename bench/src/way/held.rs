//! A way with a connection that one caller holds, so that no pool stands in the way of a peer.

use ::sea_orm::DatabaseConnection;
use std::time::Duration;

use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use sqlx::postgres::{PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqlSafeStr as _};
use stellaops_db::{Config, Database, TenantId};

use crate::Fault;
use crate::call::Call;
use crate::stage::{Addresses, Login};
use crate::way::pipelined::Pipelined;
use crate::way::{Kind, copy, diesel, pipelined, plain, sea_orm, toolkit};

/// How long a statement of the toolkit may take, as long as those of its peers: a stream is one statement.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// A way, connected.
pub(crate) enum Held {
    Copy(tokio_postgres::Client),
    Floor(PgConnection),
    Toolkit(Database),
    Usual(PgConnection),
    TenantInBegin(PgConnection),
    Pipelined(Box<Pipelined>),
    SeaOrm(DatabaseConnection),
    Diesel(Box<AsyncPgConnection>),
}

impl Held {
    /// Connects.
    pub(crate) async fn open(kind: Kind, addresses: &Addresses) -> Result<Self, Fault> {
        let application = addresses.options(Login::Application)?;
        let url = addresses.url(Login::Application);
        Ok(match kind {
            Kind::Copy => Held::Copy(copy::connect(addresses.url(Login::Superuser)).await?),
            Kind::Floor => Held::Floor(addresses.options(Login::Floor)?.connect().await?),
            Kind::Toolkit => {
                let config = Config::from_options(application).with_statement_timeout(PATIENCE);
                Held::Toolkit(Database::connect(&config).await?)
            }
            Kind::Usual => Held::Usual(application.connect().await?),
            Kind::TenantInBegin => Held::TenantInBegin(application.connect().await?),
            Kind::Pipelined => Held::Pipelined(Box::new(Pipelined::connect(url).await?)),
            Kind::SeaOrm => {
                // It has no connection without a pool, and sqlx's asks for a sign of life when one is given
                // back. With two, the other one is free meanwhile.
                let pool = PgPoolOptions::new()
                    .min_connections(2)
                    .max_connections(2)
                    .test_before_acquire(false);
                Held::SeaOrm(pool.connect_with(application).await?.into())
            }
            Kind::Diesel => Held::Diesel(Box::new(AsyncPgConnection::establish(url).await?)),
        })
    }

    /// Makes the call; the answer is the number of rows it was about.
    pub(crate) async fn run(&mut self, call: &Call) -> Result<usize, Fault> {
        Ok(match self {
            Held::Copy(_) => return Err("COPY makes no single calls".into()),
            Held::Floor(connection) => plain::run(connection, call).await?,
            Held::Toolkit(database) => toolkit::run(database, call).await?,
            Held::Usual(connection) => {
                let mut transaction = plain::begin(connection, call.tenant.as_str()).await?;
                let rows = plain::run(&mut transaction, call).await?;
                transaction.commit().await?;
                rows
            }
            Held::TenantInBegin(connection) => {
                let begin = begin_with_tenant(call.tenant.as_str());
                let mut transaction = connection.begin_with(AssertSqlSafe(begin).into_sql_str()).await?;
                let rows = plain::run(&mut transaction, call).await?;
                transaction.commit().await?;
                rows
            }
            Held::Pipelined(pipelined) => pipelined.run(call).await?,
            Held::SeaOrm(database) => sea_orm::run(database, call).await?,
            Held::Diesel(connection) => diesel::run(connection, call).await?,
        })
    }

    /// Inserts so many rows in one transaction; the answer is how many were stored.
    pub(crate) async fn insert(&mut self, tenant: &TenantId, number: usize) -> Result<usize, Fault> {
        let name = tenant.as_str();
        Ok(match self {
            Held::Copy(client) => copy::insert(client, name, number).await?,
            Held::Toolkit(database) => toolkit::bulk::insert(database, tenant, number).await?,
            Held::Usual(connection) => {
                let mut transaction = plain::begin(connection, name).await?;
                let stored = plain::bulk::insert(&mut transaction, name, number).await?;
                transaction.commit().await?;
                stored
            }
            Held::SeaOrm(database) => sea_orm::bulk::insert(database, name, number).await?,
            Held::Diesel(connection) => diesel::bulk::insert(connection, name, number).await?,
            Held::Floor(_) | Held::TenantInBegin(_) | Held::Pipelined(_) => {
                return Err("this way loads no rows".into());
            }
        })
    }

    /// Reads all rows of a tenant, one by one; the answer is their number.
    pub(crate) async fn stream(&mut self, tenant: &TenantId) -> Result<usize, Fault> {
        let name = tenant.as_str();
        Ok(match self {
            Held::Floor(connection) => plain::stream::read(connection, name).await?,
            Held::Toolkit(database) => toolkit::stream::read(database, tenant).await?,
            Held::Usual(connection) => {
                let mut transaction = plain::begin(connection, name).await?;
                let number = plain::stream::read(&mut transaction, name).await?;
                transaction.commit().await?;
                number
            }
            Held::Pipelined(pipelined) => pipelined::stream::read(pipelined, name).await?,
            Held::SeaOrm(database) => sea_orm::stream::read(database, name).await?,
            Held::Diesel(connection) => diesel::stream::read(connection, name).await?,
            Held::Copy(_) | Held::TenantInBegin(_) => return Err("this way streams no rows".into()),
        })
    }
}

/// The tenant is quoted by hand here, since this text takes no parameters.
fn begin_with_tenant(tenant: &str) -> String {
    let quoted = tenant.replace('\'', "''");
    format!("BEGIN; SELECT set_config('app.tenant_id', '{quoted}', true)")
}
