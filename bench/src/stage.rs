//! A PostgreSQL of its own with the schema and the rows, and the lines that lead to it.

use std::path::Path;

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
pub(crate) const APPLICATION: &str = "stellaops_bench";
/// The login that no policy applies to.
pub(crate) const FLOOR: &str = "stellaops_bench_floor";

/// Beside the settings of a throwaway server (no fsync): nothing runs in the background, all rows
/// stay in memory.
const SETTINGS: [(&str, &str); 4] = [
    ("autovacuum", "off"),
    ("shared_buffers", "512MB"),
    ("max_wal_size", "8GB"),
    ("checkpoint_timeout", "1h"),
];

/// The database, ready.
pub(crate) struct Stage {
    server: PostgresServer,
    database: TestDatabase,
    /// What the server says of its version.
    pub(crate) version: String,
}

/// A way through the network to the database.
pub(crate) struct Line<'a> {
    database: &'a TestDatabase,
    /// None: straight to the server.
    pub(crate) proxy: Option<WireProxy>,
}

impl Stage {
    /// Straight to the server.
    pub(crate) fn straight(&self) -> Line<'_> {
        Line {
            database: &self.database,
            proxy: None,
        }
    }

    /// Through a proxy that makes each round trip longer.
    pub(crate) async fn delayed(&self, options: &Options) -> Result<Line<'_>, Fault> {
        let proxy = WireProxy::start(&self.server, ProxyOptions::delayed(options.delay())).await?;
        Ok(Line {
            database: &self.database,
            proxy: Some(proxy),
        })
    }

    /// Writes what verbs left behind: each verb begins with tables in order.
    pub(crate) async fn tidy(&self) -> Result<(), Fault> {
        let mut connection = self.database.connect().await?;
        sqlx::raw_sql("VACUUM (ANALYZE) scheduler.graph_jobs")
            .execute(&mut connection)
            .await?;
        sqlx::raw_sql("CHECKPOINT").execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// Ends the server.
    pub(crate) async fn close(self) -> Result<(), Fault> {
        self.database.close().await?;
        Ok(self.server.stop().await?)
    }
}

impl Line<'_> {
    /// How a login connects with sqlx.
    pub(crate) fn options(&self, login: &str) -> PgConnectOptions {
        match &self.proxy {
            None => self.database.connect_options_as(login),
            Some(proxy) => proxy.connect_options(self.database.name(), login),
        }
    }

    /// How a login connects with other drivers.
    pub(crate) fn url(&self, login: &str) -> String {
        match &self.proxy {
            None => self.database.url_as(login),
            Some(proxy) => proxy.url(self.database.name(), login),
        }
    }
}

/// Starts the server, applies the SQL that is made from the specs, fills the tables.
pub(crate) async fn set_up(options: &Options) -> Result<(Stage, Stock), Fault> {
    let server = start().await?;
    let statements = schema_sql()?;
    let fill = include_str!("fill.sql")
        .replace("$rows", &options.rows.to_string())
        .replace("$tenants", &options.tenants.to_string());
    eprintln!("filling {} rows for {} tenants", options.rows, options.tenants);
    let template = TemplateDatabase::prepare(&server, "bench", async |connection| {
        for statement in statements.into_iter().chain([fill]) {
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut *connection)
                .await?;
        }
        sqlx::raw_sql("VACUUM (ANALYZE)").execute(connection).await?;
        Ok::<(), sqlx::Error>(())
    })
    .await?;
    ensure_login(&server, APPLICATION, &["scheduler_app"], false).await?;
    ensure_login(&server, FLOOR, &["scheduler_app"], true).await?;
    let database = template.clone_database().await?;
    let mut connection = database.connect().await?;
    let version = server_version(&mut connection).await?;
    let mut stock = Stock::read(&mut connection, options).await?;
    connection.close().await?;
    let stage = Stage {
        server,
        database,
        version,
    };
    stock
        .find_later_pages(stage.straight().options(APPLICATION))
        .await?;
    Ok((stage, stock))
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
