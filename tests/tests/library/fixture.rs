//! A database of the test's own with the library's tables, on each server.

use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Row};
use stellaops_db::testing::{
    PostgresBinaries, PostgresServer, TemplateDatabase, TestDatabase, ensure_login, shared_server,
};
use stellaops_db::{Config, Database, TenantId, TenantScope};
use stellaops_db_tests::specs;
use tokio::sync::OnceCell;

/// A service's login.
pub(crate) const APPLICATION: &str = "library_service";
/// The one login that sees all tenants.
pub(crate) const SYSTEM: &str = "stellaops_system";

/// The servers that every test runs on.
pub(crate) async fn servers() -> Vec<&'static PostgresServer> {
    static NEWEST: OnceCell<Option<PostgresServer>> = OnceCell::const_new();
    let shared = shared_server().await;
    let newest = NEWEST.get_or_init(async || {
        if shared.is_external() || shared.version() >= 18 {
            return None;
        }
        let found = tokio::task::spawn_blocking(|| PostgresBinaries::find_version(18));
        match found.await.expect("the search ends") {
            Ok(binaries) => Some(
                PostgresServer::start_with(binaries)
                    .await
                    .expect("PostgreSQL 18 starts"),
            ),
            Err(error) => {
                println!("not tested on PostgreSQL 18: {error}");
                None
            }
        }
    });
    std::iter::once(shared).chain(newest.await.as_ref()).collect()
}

/// A database with its logins; dropping it drops the database.
pub(crate) struct Fixture {
    pub(crate) db: Database,
    pub(crate) database: TestDatabase,
}

impl Fixture {
    pub(crate) async fn start(server: &PostgresServer) -> Self {
        let template = TemplateDatabase::prepare(server, "library", async |connection| {
            sqlx::raw_sql(AssertSqlSafe(specs::sql("library")))
                .execute(&mut *connection)
                .await?;
            Ok::<(), sqlx::Error>(())
        });
        let template = template.await.expect("the schema is applied");
        ensure_login(server, APPLICATION, &["library_app"], false)
            .await
            .expect("the application's login is made");
        ensure_login(server, SYSTEM, &[], true)
            .await
            .expect("the system's login is made");
        let database = template.clone_database().await.expect("a copy");
        let config = Config::from_options(database.connect_options_as(APPLICATION))
            .with_system_options(database.connect_options_as(SYSTEM))
            .with_max_connections(4);
        let db = Database::connect(&config).await.expect("connects");
        Fixture { db, database }
    }

    pub(crate) fn tenant(&self, text: &str) -> TenantScope {
        self.db.tenant(&TenantId::new(text).expect("a tenant"))
    }

    pub(crate) async fn superuser(&self) -> PgConnection {
        self.database.connect().await.expect("the superuser connects")
    }

    /// A pool of one connection of that login, with generic plans, for a test that looks at them.
    pub(crate) async fn one_connection(&self, login: &str) -> PgPool {
        self.one_connection_with(login, "force_generic_plan").await
    }

    /// A pool of one connection of that login, with plans of that kind.
    pub(crate) async fn one_connection_with(&self, login: &str, plan_cache_mode: &str) -> PgPool {
        let options = self.database.connect_options_as(login);
        let options = options.options([("plan_cache_mode", plan_cache_mode)]);
        PgPoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_with(options.statement_cache_capacity(1000))
            .await
            .expect("the pool connects")
    }
}

/// Runs SQL without parameters.
pub(crate) async fn run(connection: &mut PgConnection, sql: impl Into<String>) -> Result<(), sqlx::Error> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.into())).execute(connection);
    done.await.map(|_| ())
}

/// The plans of the connection's statements of that table and verb, of which there are so many.
pub(crate) async fn plans(connection: &mut PgConnection, verb: &str, number: usize) -> Vec<String> {
    let sql = format!(
        "SELECT name, parameter_types::text[] FROM pg_prepared_statements WHERE statement LIKE '/* stellaops-db library.{verb} %'"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .persistent(false)
        .fetch_all(&mut *connection);
    let rows = rows.await.expect("lists");
    assert_eq!(rows.len(), number, "{verb}");
    let mut plans = Vec::new();
    for row in rows {
        let (name, types): (String, Vec<String>) = (row.get(0), row.get(1));
        let arguments: Vec<&str> = types.iter().map(|kind| argument(kind)).collect();
        let explain = format!("EXPLAIN EXECUTE {name} ({})", arguments.join(", "));
        let lines = sqlx::raw_sql(AssertSqlSafe(explain))
            .fetch_all(&mut *connection)
            .await;
        let lines = lines.expect("explains");
        let lines: Vec<String> = lines.iter().map(|line| line.get_unchecked(0)).collect();
        plans.push(lines.join("\n"));
    }
    plans
}

/// Some value of a type; what a generic plan is shown for does not depend on it.
fn argument(kind: &str) -> &'static str {
    match kind {
        "stellaops.tenant" => "'a'",
        "uuid" => "'0190a3c1-7d2e-7000-8000-0123456789ab'",
        "text" => "'loan'",
        _ => "1",
    }
}
