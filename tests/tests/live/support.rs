//! A database of the test's own with the scheduler's tables, and the logins that use it.

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, PgConnection};
use stellaops_db::schema::scheduler;
use stellaops_db::testing::{
    FixedClock, PgBouncer, ProxyOptions, TemplateDatabase, TestDatabase, WireProxy, ensure_login,
    shared_server,
};
use stellaops_db::{Config, Database, TenantScope};
pub(crate) use stellaops_db_tests::numbers::Numbers;
use tokio::sync::OnceCell;

pub(crate) use stellaops_db_tests::sql::{run, tenant, value};

/// A service's login.
pub(crate) const APPLICATION: &str = "live_app";
/// The one login that sees all tenants.
pub(crate) const SYSTEM: &str = "stellaops_system";

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
    pub(crate) db: Database,
    pub(crate) clock: FixedClock,
    pub(crate) database: TestDatabase,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::with(|config| config).await
    }

    /// With another configuration.
    pub(crate) async fn with(change: impl FnOnce(Config) -> Config) -> Self {
        Self::on(copy().await, change).await
    }

    /// On a database that is there already.
    pub(crate) async fn on(database: TestDatabase, change: impl FnOnce(Config) -> Config) -> Self {
        let config = change(config(&database));
        let db = Database::connect(&config).await.expect("connects");
        Self::of(db, database)
    }

    /// On a pool of one connection, which the test can look at.
    pub(crate) async fn on_one_connection() -> (Self, PgPool) {
        let database = copy().await;
        let pool = one_connection(database.connect_options_as(APPLICATION)).await;
        let db = Database::from_pool(pool.clone(), []).await;
        (Self::of(db.expect("is walled off"), database), pool)
    }

    /// Another client of the same database, through a proxy.
    pub(crate) async fn through_proxy(&self, connections: u32) -> (Database, WireProxy) {
        self.through(connections, ProxyOptions::default()).await
    }

    /// Through a proxy on which each exchange takes longer.
    pub(crate) async fn through_delayed_proxy(
        &self,
        connections: u32,
        delay: std::time::Duration,
    ) -> (Database, WireProxy) {
        self.through(connections, ProxyOptions::delayed(delay)).await
    }

    async fn through(&self, connections: u32, options: ProxyOptions) -> (Database, WireProxy) {
        let proxy = WireProxy::start(shared_server().await, options)
            .await
            .expect("the proxy starts");
        let options = proxy.connect_options(self.database.name(), APPLICATION);
        let config = Config::from_options(options).with_max_connections(connections);
        let db = Database::connect(&config).await.expect("connects");
        (db.with_clock(self.clock.clone()), proxy)
    }

    fn of(db: Database, database: TestDatabase) -> Self {
        let clock = FixedClock::default();
        Fixture {
            db: db.with_clock(clock.clone()),
            clock,
            database,
        }
    }

    pub(crate) fn tenant(&self, text: &str) -> TenantScope {
        self.db.tenant(&tenant(text))
    }

    pub(crate) async fn superuser(&self) -> PgConnection {
        self.database.connect().await.expect("the superuser connects")
    }

    /// The application's login, without the toolkit.
    pub(crate) async fn application(&self) -> PgConnection {
        let options = self.database.connect_options_as(APPLICATION);
        options.connect().await.expect("the application connects")
    }
}

/// A database of the test's own.
pub(crate) async fn copy() -> TestDatabase {
    copy_of("live", async |_, _| ()).await
}

/// A copy of a database that is filled once, by the application and by the superuser.
pub(crate) async fn copy_of(hint: &str, fill: impl AsyncFnOnce(Database, &mut PgConnection)) -> TestDatabase {
    crate::events::install();
    start_pooler().await;
    let server = shared_server().await;
    let template = TemplateDatabase::prepare(server, hint, async |connection| {
        sqlx::raw_sql(scheduler::SQL).execute(&mut *connection).await?;
        make_logins().await;
        let name: String = value(&mut *connection, "SELECT current_database()::text").await;
        let config = Config::from_options(server.connect_options_as(&name, APPLICATION));
        let db = Database::connect(&config).await?;
        fill(db.clone(), connection).await;
        db.close().await;
        Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    })
    .await
    .expect("the schema is applied");
    template.clone_database().await.expect("a copy")
}

async fn make_logins() {
    let server = shared_server().await;
    ensure_login(server, APPLICATION, &["scheduler_app"], false)
        .await
        .expect("the application's login is made");
    ensure_login(server, SYSTEM, &[], true)
        .await
        .expect("the system's login is made");
}

pub(crate) fn config(database: &TestDatabase) -> Config {
    let login = |login| match POOLER.get() {
        Some(Some(pooler)) => pooler.connect_options_as(database.name(), login),
        _ => database.connect_options_as(login),
    };
    Config::from_options(login(APPLICATION))
        .with_system_options(login(SYSTEM))
        .with_max_connections(4)
}

/// The environment variable that, set to anything but an empty text, puts a PgBouncer in transaction mode between the
/// tests and their server, with fewer connections to the server than the tests have.
const POOLER_VARIABLE: &str = "STELLAOPS_DB_TEST_POOLER";

static POOLER: OnceCell<Option<PgBouncer>> = OnceCell::const_new();

/// Starts the pooler that the environment asks for.
async fn start_pooler() {
    let is_wanted = std::env::var_os(POOLER_VARIABLE).is_some_and(|value| !value.is_empty());
    let pooler = POOLER.get_or_init(async || {
        if !is_wanted {
            return None;
        }
        let program = PgBouncer::find().expect("STELLAOPS_DB_TEST_POOLER is set, and there is no PgBouncer");
        let settings = [("default_pool_size", "3")];
        let started = PgBouncer::start(shared_server().await, &program, &settings).await;
        Some(started.unwrap_or_else(|error| panic!("{error}")))
    });
    pooler.await;
}

/// Whether a pooler is in between: then what a test is about, a setting of the session, is not to be had.
pub(crate) fn is_pooled(what: &str) -> bool {
    let is_pooled = POOLER.get().is_some_and(Option::is_some);
    if is_pooled {
        eprintln!("SKIPPED behind a pooler of transactions: {what}");
    }
    is_pooled
}

pub(crate) async fn one_connection(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .connect_with(options.statement_cache_capacity(1000))
        .await
        .expect("the pool connects")
}

/// The SQLSTATE of a refusal.
pub(crate) fn code<R: std::fmt::Debug>(result: Result<R, sqlx::Error>) -> String {
    let error = result.expect_err("the statement is refused");
    let said = error.as_database_error().unwrap_or_else(|| panic!("{error}"));
    said.code().expect("errors have codes").into_owned()
}
