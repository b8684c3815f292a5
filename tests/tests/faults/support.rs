//! A database of the test's own with the tables of the scheduler, the ledger and the library, reached past a proxy and
//! through one.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, PgConnection};
use stellaops_db::schema::scheduler;
use stellaops_db::testing::{
    PostgresBinaries, PostgresServer, ProxyOptions, TemplateDatabase, TestDatabase, WireProxy, ensure_login,
};
use stellaops_db::{Config, Database, SystemScope};
use stellaops_db_tests::specs;

pub(crate) use stellaops_db_tests::sql::{run, tenant, value};

/// A service's login.
pub(crate) const APPLICATION: &str = "faults_app";
/// The one login that sees all tenants.
pub(crate) const SYSTEM: &str = "stellaops_system";

/// The toolkit's sessions in this database, but for those past the proxy.
pub(crate) const SESSIONS: &str = "FROM pg_stat_activity WHERE datname = current_database() \
    AND usename IN ('faults_app', 'stellaops_system') AND application_name <> 'past'";

/// The error that was expected, or a panic with what came instead.
macro_rules! refused {
    ($result:expr, $pattern:pat $(if $guard:expr)?) => {
        match $result {
            Err($pattern) $(if $guard)? => {}
            other => panic!("expected {}, not {other:?}", stringify!($pattern)),
        }
    };
}

/// A database with its logins; dropping it drops the database.
pub(crate) struct Fixture {
    /// Through the proxy, with few connections.
    pub(crate) db: Database,
    /// Past the proxy.
    pub(crate) past: Database,
    /// Through the proxy, and open all the time, so that no evidence of an end disturbs a call.
    pub(crate) system: Arc<SystemScope>,
    pub(crate) proxy: WireProxy,
    pub(crate) database: TestDatabase,
}

impl Fixture {
    /// With so many connections a login through the proxy.
    pub(crate) async fn start(server: &PostgresServer, connections: u32) -> Self {
        Self::with(server, |config| config.with_max_connections(connections)).await
    }

    /// With another configuration of the client that goes through the proxy.
    pub(crate) async fn with(server: &PostgresServer, change: impl FnOnce(Config) -> Config) -> Self {
        let database = copy(server).await;
        let proxy = WireProxy::start(server, ProxyOptions::default())
            .await
            .expect("the proxy starts");
        let through = |login| proxy.connect_options(database.name(), login);
        let config = Config::from_options(through(APPLICATION)).with_system_options(through(SYSTEM));
        let db = connect(&change(config)).await;
        let system = db.system("faults").await.expect("opens");
        Fixture {
            system: Arc::new(system),
            db,
            past: past(&database).await,
            proxy,
            database,
        }
    }

    pub(crate) async fn superuser(&self) -> PgConnection {
        self.database.connect().await.expect("the superuser connects")
    }
}

/// A client past the proxy, whose sessions have a name.
async fn past(database: &TestDatabase) -> Database {
    let pool = async |login| {
        let options = database.connect_options_as(login).application_name("past");
        pool(options.statement_cache_capacity(1_000), 4).await
    };
    let past = Database::from_pool(pool(APPLICATION).await, []).await;
    let past = past.expect("is walled off").with_system_pool(pool(SYSTEM).await);
    past.await.expect("sees all tenants")
}

/// A pool of the test's own, of so many connections.
pub(crate) async fn pool(options: PgConnectOptions, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .expect("the pool connects")
}

pub(crate) async fn connect(config: &Config) -> Database {
    Database::connect(config).await.expect("connects")
}

/// A server that no other test uses, which keeps what it acknowledges when it crashes.
pub(crate) async fn own_server(settings: &[(&str, &str)]) -> PostgresServer {
    let found = tokio::task::spawn_blocking(PostgresBinaries::find).await;
    let binaries = found.expect("the search ends").expect("PostgreSQL is installed");
    let settings = [&[("synchronous_commit", "on")], settings].concat();
    PostgresServer::start_with_settings(binaries, &settings)
        .await
        .expect("the server starts")
}

/// A superuser's connection for what concerns the whole server.
pub(crate) async fn server_connection(server: &PostgresServer) -> PgConnection {
    let options = server.connect_options("postgres");
    options.connect().await.expect("the superuser connects")
}

/// A database with the tables, and the logins.
pub(crate) async fn copy(server: &PostgresServer) -> TestDatabase {
    let template = TemplateDatabase::prepare(server, "faults", async |connection| {
        for sql in [scheduler::SQL.into(), specs::sql("ledger"), specs::sql("library")] {
            run(&mut *connection, sql).await?;
        }
        Ok::<(), sqlx::Error>(())
    });
    let template = template.await.expect("the schemas are applied");
    let roles = ["scheduler_app", "ledger_app", "library_app"];
    for (login, roles, bypasses) in [(APPLICATION, &roles[..], false), (SYSTEM, &[], true)] {
        ensure_login(server, login, roles, bypasses)
            .await
            .expect("the login is made");
    }
    template.clone_database().await.expect("a copy")
}

/// Lets the server ask the toolkit's logins for this password, and nobody else for one.
pub(crate) async fn ask_for_passwords(server: &PostgresServer, database: &TestDatabase, password: &str) {
    let mut superuser = server_connection(server).await;
    let rules: String = value(&mut superuser, "SHOW hba_file").await;
    let asked = format!("local all {APPLICATION},{SYSTEM} scram-sha-256\nlocal all all trust\n");
    std::fs::write(rules, asked).expect("is written");
    change_passwords(&mut superuser, [APPLICATION, SYSTEM], password).await;
    run(&mut superuser, "SELECT pg_reload_conf()")
        .await
        .expect("reloads");
    let wrong = database.connect_options_as(APPLICATION).password("wrong");
    until("a password is asked for", async || wrong.connect().await.is_err()).await;
}

pub(crate) async fn change_passwords(
    superuser: &mut PgConnection,
    logins: impl IntoIterator<Item = &str>,
    password: &str,
) {
    for login in logins {
        let change = format!("ALTER ROLE {login} PASSWORD '{password}'");
        run(&mut *superuser, change).await.expect("is changed");
    }
}

/// How many sessions the toolkit has.
pub(crate) async fn sessions(superuser: &mut PgConnection) -> u64 {
    let number: i64 = value(superuser, format!("SELECT count(*) {SESSIONS}")).await;
    number.unsigned_abs()
}

/// Asks again until the answer is yes; fails after a minute.
pub(crate) async fn until(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    let began = std::time::Instant::now();
    while !ask().await {
        assert!(began.elapsed().as_secs() < 60, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// How many operations the model does.
pub(crate) const OPERATIONS_VARIABLE: &str = "STELLAOPS_DB_FAULTED_OPERATIONS";

/// A number that a variable gives.
pub(crate) fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number")))
}
