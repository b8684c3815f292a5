//! A database of its own for each test, copied from a template.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use stellaops_db_spec::model::quote_identifier;
use tokio::sync::OnceCell;

use super::{address::Address, error::TestingError, server::PostgresServer};

/// Names may have 63 bytes: the prefix takes 24, the number of a copy up to 11.
const LONGEST_HINT: usize = 28;

/// A database that is set up once a process, for tests to copy.
#[derive(Clone)]
pub struct TemplateDatabase {
    shared: Arc<Template>,
}

struct Template {
    name: String,
    address: Arc<Address>,
    copies: AtomicU32,
}

impl TemplateDatabase {
    /// Makes an empty database and runs `setup` on it as the superuser, unless this process has done so before for the
    /// same server and the same `hint`; calls at the same time wait for the first. A setup that failed is tried again
    /// by the next call.
    ///
    /// `hint` is part of the database's name, cut to 28 letters, digits and underscores. On a throwaway server the
    /// template goes with the server; on an external one it is dropped by the next run.
    ///
    /// # Errors
    /// [`TestingError::Setup`] with the error of `setup`; [`TestingError::Database`] for the server's.
    pub async fn prepare<Setup, Fault>(
        server: &PostgresServer,
        hint: &str,
        setup: Setup,
    ) -> Result<Self, TestingError>
    where
        Setup: AsyncFnOnce(&mut PgConnection) -> Result<(), Fault>,
        Fault: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        type Registry = BTreeMap<(u64, String), Arc<OnceCell<TemplateDatabase>>>;
        static TEMPLATES: Mutex<Registry> = Mutex::new(BTreeMap::new());
        let key = (server.address().identity, hint.to_owned());
        let cell = Arc::clone(
            TEMPLATES
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(key)
                .or_default(),
        );
        cell.get_or_try_init(async || Self::build(server.address(), hint, setup).await)
            .await
            .cloned()
    }

    /// As [`prepare`](Self::prepare), with SQL scripts as the setup, run one after the other: the generated
    /// `schemas/*.sql`.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub async fn from_scripts(
        server: &PostgresServer,
        hint: &str,
        scripts: &[&str],
    ) -> Result<Self, TestingError> {
        let run_scripts = async |connection: &mut PgConnection| {
            for script in scripts {
                let script = AssertSqlSafe((*script).to_owned());
                sqlx::raw_sql(script).execute(&mut *connection).await?;
            }
            Ok::<(), sqlx::Error>(())
        };
        Self::prepare(server, hint, run_scripts).await
    }

    async fn build<Setup, Fault>(
        address: &Arc<Address>,
        hint: &str,
        setup: Setup,
    ) -> Result<Self, TestingError>
    where
        Setup: AsyncFnOnce(&mut PgConnection) -> Result<(), Fault>,
        Fault: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let name = format!("{}{}", address.name_prefix().await?, plain_name(hint));
        let mut maintenance = address.connect_to_maintenance().await?;
        let quoted = quote_identifier(&name);
        run(
            &mut maintenance,
            format!("CREATE DATABASE {quoted} TEMPLATE template0"),
        )
        .await?;
        let result = set_up(address, &name, hint, setup).await;
        if result.is_err() {
            drop_database(&mut maintenance, &name).await?;
        } else {
            // Copying waits for whoever is connected, and a template that a test wrote to is none.
            run(
                &mut maintenance,
                format!("ALTER DATABASE {quoted} ALLOW_CONNECTIONS false"),
            )
            .await?;
        }
        close(maintenance).await?;
        result?;
        let shared = Template {
            name,
            address: Arc::clone(address),
            copies: AtomicU32::new(0),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Makes a copy that belongs to the caller alone.
    ///
    /// # Errors
    /// [`TestingError::Database`] when the server refuses.
    pub async fn clone_database(&self) -> Result<TestDatabase, TestingError> {
        let Template {
            name: template,
            address,
            copies,
        } = &*self.shared;
        let name = format!("{template}_{}", copies.fetch_add(1, Ordering::Relaxed) + 1);
        let statement = format!(
            "CREATE DATABASE {} TEMPLATE {}",
            quote_identifier(&name),
            quote_identifier(template)
        );
        let mut maintenance = address.connect_to_maintenance().await?;
        run(&mut maintenance, statement).await?;
        close(maintenance).await?;
        Ok(TestDatabase {
            name,
            address: Arc::clone(address),
            is_dropped: false,
        })
    }

    /// The template's name. Nothing can connect to it.
    pub fn name(&self) -> &str {
        &self.shared.name
    }
}

impl fmt::Debug for TemplateDatabase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TemplateDatabase")
            .field("name", &self.shared.name)
            .finish_non_exhaustive()
    }
}

/// A database that is dropped, with whatever is still connected to it, when this value is.
pub struct TestDatabase {
    name: String,
    address: Arc<Address>,
    is_dropped: bool,
}

impl TestDatabase {
    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The superuser's URL.
    pub fn url(&self) -> String {
        self.address.url(&self.name, None)
    }

    /// A role's URL; see [`ensure_login`](super::ensure_login).
    pub fn url_as(&self, role: &str) -> String {
        self.address.url(&self.name, Some(role))
    }

    /// The superuser's connection options.
    pub fn connect_options(&self) -> PgConnectOptions {
        self.address.options(&self.name, None)
    }

    /// A role's connection options; see [`ensure_login`](super::ensure_login).
    pub fn connect_options_as(&self, role: &str) -> PgConnectOptions {
        self.address.options(&self.name, Some(role))
    }

    /// A superuser's connection.
    ///
    /// # Errors
    /// [`TestingError::Database`] when the server refuses.
    pub async fn connect(&self) -> Result<PgConnection, TestingError> {
        let failed = TestingError::database(format!("connect to the test database `{}`", self.name));
        self.connect_options().connect().await.map_err(failed)
    }

    /// Drops the database now and says whether it worked; dropping the value does the same without an answer.
    ///
    /// # Errors
    /// [`TestingError::Database`] when the server refuses.
    pub async fn close(mut self) -> Result<(), TestingError> {
        self.is_dropped = true;
        drop_named(&self.address, &self.name).await
    }
}

impl fmt::Debug for TestDatabase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TestDatabase")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if self.is_dropped {
            return;
        }
        let (address, name) = (Arc::clone(&self.address), self.name.clone());
        // The caller's runtime may be blocked by this very drop, so the work has a thread and a runtime of its own.
        // It is waited for: the end of the process would cut it short.
        let dropping = std::thread::spawn(move || {
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                // The server may be gone already, and the database with it.
                let _ = runtime.block_on(drop_named(&address, &name));
            }
        });
        let _ = dropping.join();
    }
}

async fn set_up<Setup, Fault>(
    address: &Address,
    name: &str,
    hint: &str,
    setup: Setup,
) -> Result<(), TestingError>
where
    Setup: AsyncFnOnce(&mut PgConnection) -> Result<(), Fault>,
    Fault: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let failed = TestingError::database(format!("connect to the template database `{name}`"));
    let mut connection = address.options(name, None).connect().await.map_err(failed)?;
    let result = setup(&mut connection).await;
    close(connection).await?;
    result.map_err(|fault| TestingError::Setup {
        hint: hint.to_owned(),
        source: fault.into(),
    })
}

async fn drop_named(address: &Address, name: &str) -> Result<(), TestingError> {
    let mut maintenance = address.connect_to_maintenance().await?;
    drop_database(&mut maintenance, name).await?;
    close(maintenance).await
}

/// Drops a database with whatever is connected to it.
pub(super) async fn drop_database(maintenance: &mut PgConnection, name: &str) -> Result<(), TestingError> {
    run(
        maintenance,
        format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote_identifier(name)),
    )
    .await
}

async fn close(connection: PgConnection) -> Result<(), TestingError> {
    connection
        .close()
        .await
        .map_err(TestingError::database("close a connection to the test server"))
}

/// Runs a statement that takes no parameters; its names are quoted by [`quote_identifier`].
pub(super) async fn run(connection: &mut PgConnection, statement: String) -> Result<(), TestingError> {
    let failed = TestingError::database(format!("run `{statement}`"));
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await
        .map(drop)
        .map_err(failed)
}

/// The part of a name that a person reads.
fn plain_name(hint: &str) -> String {
    let plain = |character: char| {
        if character.is_ascii_alphanumeric() {
            character.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    hint.chars().map(plain).take(LONGEST_HINT).collect()
}
