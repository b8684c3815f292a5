//! The ways to make a call.

mod pipelined;
mod plain;
mod statement;
pub(crate) mod toolkit;

use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqlSafeStr};
use stellaops_db::{Config, Database};

use crate::Fault;
use crate::call::Call;
use crate::stage::{APPLICATION, FLOOR, Line};
use crate::way::pipelined::Pipelined;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Floor,
    Toolkit,
    Usual,
    TenantInBegin,
    Pipelined,
    Pooled,
}

impl Kind {
    /// All, in the order of the tables' columns.
    pub(crate) const ALL: [Kind; 6] = [
        Kind::Floor,
        Kind::Toolkit,
        Kind::Usual,
        Kind::TenantInBegin,
        Kind::Pipelined,
        Kind::Pooled,
    ];

    /// The name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Floor => "floor",
            Kind::Toolkit => "stellaops-db",
            Kind::Usual => "usual",
            Kind::TenantInBegin => "tenant in BEGIN",
            Kind::Pipelined => "pipelined",
            Kind::Pooled => "pooled floor",
        }
    }

    /// What it does, in a sentence.
    pub(crate) fn explanation(self) -> &'static str {
        match self {
            Kind::Floor => {
                "sqlx, the statement alone on one connection that is never given back, a login with BYPASSRLS: no isolation"
            }
            Kind::Toolkit => "a repository of a tenant scope, row-level security in force, its own pool",
            Kind::Usual => {
                "sqlx, `begin()`, `set_config` with a parameter, the statement, `commit()`; row-level security in force, one connection that is never given back"
            }
            Kind::TenantInBegin => {
                "as usual, but BEGIN and `set_config` in one text, with the tenant quoted into it"
            }
            Kind::Pipelined => {
                "tokio-postgres, the usual four statements prepared and sent without waiting; row-level security in force, one connection"
            }
            Kind::Pooled => {
                "as the floor, but through sqlx's pool of 10 (`test_before_acquire(false)`), which asks for a sign of life on each return"
            }
        }
    }
}

/// A way, connected.
pub(crate) enum Way {
    Floor(PgConnection),
    Toolkit(Database),
    Usual(PgConnection),
    TenantInBegin(PgConnection),
    Pipelined(Box<Pipelined>),
    Pooled(PgPool),
}

impl Way {
    /// Connects.
    pub(crate) async fn open(kind: Kind, line: &Line<'_>) -> Result<Self, Fault> {
        Ok(match kind {
            Kind::Floor => Way::Floor(line.options(FLOOR).connect().await?),
            Kind::Toolkit => {
                Way::Toolkit(Database::connect(&Config::from_options(line.options(APPLICATION))).await?)
            }
            Kind::Usual => Way::Usual(line.options(APPLICATION).connect().await?),
            Kind::TenantInBegin => Way::TenantInBegin(line.options(APPLICATION).connect().await?),
            Kind::Pipelined => Way::Pipelined(Box::new(Pipelined::connect(&line.url(APPLICATION)).await?)),
            Kind::Pooled => {
                let pool = PgPoolOptions::new()
                    .max_connections(10)
                    .test_before_acquire(false);
                Way::Pooled(pool.connect_with(line.options(FLOOR)).await?)
            }
        })
    }

    /// Makes the call; the answer is the number of rows it was about.
    pub(crate) async fn run(&mut self, call: &Call) -> Result<usize, Fault> {
        Ok(match self {
            Way::Floor(connection) => plain::run(connection, call).await?,
            Way::Toolkit(database) => toolkit::run(database, call).await?,
            Way::Usual(connection) => {
                let mut transaction = connection.begin().await?;
                let bind = sqlx::query(statement::BIND_TENANT).bind(call.tenant.as_str());
                bind.execute(&mut *transaction).await?;
                let rows = plain::run(&mut transaction, call).await?;
                transaction.commit().await?;
                rows
            }
            Way::TenantInBegin(connection) => {
                let begin = begin_with_tenant(call.tenant.as_str());
                let mut transaction = connection.begin_with(AssertSqlSafe(begin).into_sql_str()).await?;
                let rows = plain::run(&mut transaction, call).await?;
                transaction.commit().await?;
                rows
            }
            Way::Pipelined(pipelined) => pipelined.run(call).await?,
            Way::Pooled(pool) => plain::run(&mut *pool.acquire().await?, call).await?,
        })
    }
}

/// The tenant is quoted by hand here, since this text takes no parameters.
fn begin_with_tenant(tenant: &str) -> String {
    let quoted = tenant.replace('\'', "''");
    format!("BEGIN; SELECT set_config('app.tenant_id', '{quoted}', true)")
}
