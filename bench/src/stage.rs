//! A PostgreSQL of its own with the schema and the rows, and the lines that lead to it.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};
use stellaops_db::testing::{
    PostgresBinaries, PostgresServer, ProxyOptions, TEST_URL_VARIABLE, TemplateDatabase, TestDatabase,
    WireProxy, ensure_login,
};

use crate::Fault;
use crate::options::Options;
use crate::stock::Stock;

/// The login of a service: row-level security is in force for it.
const APPLICATION: &str = "stellaops_bench";
/// The login that no policy applies to.
const FLOOR: &str = "stellaops_bench_floor";

/// Beside the settings of a throwaway server (no fsync): nothing runs in the background, all rows
/// stay in memory.
const SETTINGS: [(&str, &str); 4] = [
    ("autovacuum", "off"),
    ("shared_buffers", "2GB"),
    ("max_wal_size", "32GB"),
    ("checkpoint_timeout", "1h"),
];

/// The databases, ready.
pub(crate) struct Stage {
    server: PostgresServer,
    /// With the rows.
    filled: TestDatabase,
    /// With the same tables and no row.
    empty: TestDatabase,
    /// What the server says of its version.
    pub(crate) version: String,
}

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// The one that was filled.
    Filled,
    /// The one whose rows a work makes itself.
    Own,
}

/// A way through the network to a database.
pub(crate) struct Line {
    /// The network's name in the tables.
    pub(crate) network: String,
    pub(crate) addresses: Addresses,
    /// None: straight to the server.
    pub(crate) proxy: Option<WireProxy>,
}

/// The URL of each login.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Addresses {
    application: String,
    floor: String,
    superuser: String,
}

/// Who connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Login {
    /// A service: row-level security is in force for it.
    Application,
    /// One that no policy applies to, with the rights of a service.
    Floor,
    /// The server's owner.
    Superuser,
}

impl Stage {
    /// Straight to the server.
    pub(crate) fn straight(&self, rows: Rows) -> Line {
        let database = self.database(rows);
        Line {
            network: "straight".into(),
            addresses: Addresses {
                application: database.url_as(APPLICATION),
                floor: database.url_as(FLOOR),
                superuser: database.url(),
            },
            proxy: None,
        }
    }

    /// Through a proxy that makes each round trip longer.
    pub(crate) async fn delayed(&self, rows: Rows, options: &Options) -> Result<Line, Fault> {
        let database = self.database(rows);
        let proxy = WireProxy::start(&self.server, ProxyOptions::delayed(options.delay())).await?;
        let superuser = database.connect_options().get_username().to_owned();
        let url = |login: &str| proxy.url(database.name(), login);
        Ok(Line {
            network: format!("+{} ms", options.delay().as_secs_f64() * 1_000.0),
            addresses: Addresses {
                application: url(APPLICATION),
                floor: url(FLOOR),
                superuser: url(&superuser),
            },
            proxy: Some(proxy),
        })
    }

    /// Both.
    pub(crate) async fn lines(&self, rows: Rows, options: &Options) -> Result<[Line; 2], Fault> {
        Ok([self.straight(rows), self.delayed(rows, options).await?])
    }

    fn database(&self, rows: Rows) -> &TestDatabase {
        match rows {
            Rows::Filled => &self.filled,
            Rows::Own => &self.empty,
        }
    }

    /// Writes what verbs left behind: each verb begins with tables in order.
    pub(crate) async fn tidy(&self) -> Result<(), Fault> {
        let mut connection = self.filled.connect().await?;
        sqlx::raw_sql("VACUUM (ANALYZE) scheduler.graph_jobs")
            .execute(&mut connection)
            .await?;
        sqlx::raw_sql("CHECKPOINT").execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// A superuser's connection.
    pub(crate) async fn superuser(&self, rows: Rows) -> Result<PgConnection, Fault> {
        Ok(self.database(rows).connect().await?)
    }

    /// Ends the server.
    pub(crate) async fn close(self) -> Result<(), Fault> {
        self.filled.close().await?;
        self.empty.close().await?;
        Ok(self.server.stop().await?)
    }
}

impl Line {
    /// How many exchanges the proxy has counted.
    pub(crate) fn exchanges(&self) -> Option<u64> {
        self.proxy.as_ref().map(WireProxy::exchanges)
    }
}

impl Addresses {
    /// How a login connects.
    pub(crate) fn url(&self, login: Login) -> &str {
        match login {
            Login::Application => &self.application,
            Login::Floor => &self.floor,
            Login::Superuser => &self.superuser,
        }
    }

    /// How a login connects with sqlx.
    pub(crate) fn options(&self, login: Login) -> Result<PgConnectOptions, sqlx::Error> {
        self.url(login).parse()
    }
}

/// Starts the server, applies the SQL that is made from the specs, fills the tables.
pub(crate) async fn set_up(options: &Options) -> Result<(Stage, Stock), Fault> {
    let server = start().await?;
    let statements = schema_sql()?;
    let template = TemplateDatabase::prepare(&server, "bench", async |connection| {
        for statement in statements {
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut *connection)
                .await?;
        }
        Ok::<(), sqlx::Error>(())
    })
    .await?;
    ensure_login(&server, APPLICATION, &["scheduler_app"], false).await?;
    ensure_login(&server, FLOOR, &["scheduler_app"], true).await?;
    let filled = template.clone_database().await?;
    let mut connection = filled.connect().await?;
    fill(&mut connection, options).await?;
    let version = server_version(&mut connection).await?;
    let mut stock = Stock::read(&mut connection, options).await?;
    connection.close().await?;
    let stage = Stage {
        server,
        filled,
        empty: template.clone_database().await?,
        version,
    };
    let straight = stage.straight(Rows::Filled);
    stock
        .find_pages(straight.addresses.options(Login::Application)?, options)
        .await?;
    Ok((stage, stock))
}

async fn fill(connection: &mut PgConnection, options: &Options) -> Result<(), Fault> {
    let (rows, many, tenants) = (options.rows(), options.many(), options.tenants);
    eprintln!("filling {rows} rows for {tenants} tenants and {many} for one more");
    let fill = include_str!("fill.sql")
        .replace("$rows", &rows.to_string())
        .replace("$many", &many.to_string())
        .replace("$tenants", &tenants.to_string());
    sqlx::raw_sql(AssertSqlSafe(fill))
        .execute(&mut *connection)
        .await?;
    sqlx::raw_sql("VACUUM (ANALYZE)").execute(connection).await?;
    Ok(())
}

async fn start() -> Result<PostgresServer, Fault> {
    // Somebody else's server keeps its settings.
    if std::env::var_os(TEST_URL_VARIABLE).is_some() {
        return Ok(PostgresServer::start().await?);
    }
    let binaries = tokio::task::spawn_blocking(PostgresBinaries::find).await??;
    Ok(PostgresServer::start_with_settings(binaries, &SETTINGS).await?)
}

fn schema_sql() -> Result<Vec<String>, Fault> {
    let folder = stellaops_db_spec::find_specs(Path::new(env!("CARGO_MANIFEST_DIR")))?;
    let database = stellaops_db_spec::load(&folder)?.map_err(|report| report.to_string())?;
    Ok(stellaops_db_spec::ddl::emit(&database)
        .into_iter()
        .map(|file| file.text)
        .collect())
}

async fn server_version(connection: &mut PgConnection) -> Result<String, Fault> {
    let version = sqlx::query_scalar("SELECT current_setting('server_version')");
    Ok(version.fetch_one(connection).await?)
}
