//! The two worlds of a case: the same clock, the same ids, the same tables.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db::memory::{MemoryDatabase, MemoryRepository, MemoryScope};
use stellaops_db::schema::scheduler;
use stellaops_db::tenancy::{Global, SystemAccess};
use stellaops_db::testing::{
    FixedClock, SequentialIds, TemplateDatabase, TestDatabase, ensure_login, shared_server,
};
use stellaops_db::{
    Config, Database, Error, Repository, Rows, Store, SystemScope, Table, TenantId, TenantScope,
};

/// Runs a case on PostgreSQL and in memory.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$doc])*
            async fn case($world: &impl crate::world::World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgresql() {
                let world = crate::world::Postgresql::start().await;
                case(&world).await;
            }

            #[tokio::test]
            async fn in_memory() {
                case(&crate::world::Memory::start()).await;
            }
        }
    )*};
}

/// The error that was expected, or a panic with what came instead.
macro_rules! refused {
    ($result:expr, $pattern:pat $(if $guard:expr)?) => {
        match $result {
            Err($pattern) $(if $guard)? => {}
            other => panic!("expected {}, not {other:?}", stringify!($pattern)),
        }
    };
}

/// Where a case runs.
pub(crate) trait World: Sync {
    /// The scope of a tenant.
    type Scope: Store;
    /// A global table, as it is written.
    type Global<T: Table<Tenancy = Global>>: Rows<T, SystemAccess>;

    fn tenant(&self, text: &str) -> Self::Scope;
    /// The rows that all tenants may read.
    fn global_rows(&self) -> Self::Scope;
    fn global<T: Table<Tenancy = Global>>(&self) -> Self::Global<T>;
    fn clock(&self) -> &FixedClock;

    /// The tenant of most cases.
    fn rows<T: Table>(&self) -> <Self::Scope as Store>::Rows<T> {
        self.tenant("a").rows()
    }

    /// Moves the clock on.
    fn later(&self) {
        self.clock().advance(Duration::from_secs(1));
    }
}

/// A database of the case's own.
pub(crate) struct Postgresql {
    db: Database,
    system: SystemScope,
    clock: FixedClock,
    _database: TestDatabase,
}

const APPLICATION: &str = "conformance_app";
const SYSTEM: &str = "stellaops_system";

impl Postgresql {
    pub(crate) async fn start() -> Self {
        let server = shared_server().await;
        let template =
            TemplateDatabase::prepare(server, "conformance", async |connection: &mut PgConnection| {
                for sql in [scheduler::SQL.to_owned(), sql("shop"), sql("library")] {
                    sqlx::raw_sql(AssertSqlSafe(sql))
                        .execute(&mut *connection)
                        .await?;
                }
                let roles = ["scheduler_app", "shop_app", "library_app"];
                ensure_login(server, APPLICATION, &roles, false).await?;
                ensure_login(server, SYSTEM, &[], true).await?;
                Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
            })
            .await
            .expect("the schemas are applied");
        let database = template.clone_database().await.expect("a copy");
        let config = Config::from_options(database.connect_options_as(APPLICATION))
            .with_system_options(database.connect_options_as(SYSTEM))
            .with_max_connections(2);
        let clock = FixedClock::default();
        let db = Database::connect(&config).await.expect("connects");
        // The evidence of the scope has an id too.
        let system = db.system("conformance").await.expect("opens");
        let db = db.with_clock(clock.clone()).with_ids(SequentialIds::new());
        Postgresql {
            db,
            system,
            clock,
            _database: database,
        }
    }
}

fn sql(schema: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("{schema}/specs"));
    let sources = stellaops_db_spec::source::read_schema(&folder, schema).expect("the specs can be read");
    let database = stellaops_db_spec::load_sources(&sources).unwrap_or_else(|report| panic!("{report}"));
    let path = format!("schemas/{schema}.sql");
    let mut files = stellaops_db_spec::ddl::emit(&database).into_iter();
    files
        .find(|file| file.path == path)
        .expect("the file is emitted")
        .text
}

impl World for Postgresql {
    type Scope = TenantScope;
    type Global<T: Table<Tenancy = Global>> = Repository<T, SystemAccess>;

    fn tenant(&self, text: &str) -> TenantScope {
        self.db.tenant(&tenant(text))
    }

    fn global_rows(&self) -> TenantScope {
        self.system.global_rows()
    }

    fn global<T: Table<Tenancy = Global>>(&self) -> Repository<T, SystemAccess> {
        self.system.repository_of()
    }

    fn clock(&self) -> &FixedClock {
        &self.clock
    }
}

/// A twin of the case's own.
pub(crate) struct Memory {
    db: MemoryDatabase,
    clock: FixedClock,
}

impl Memory {
    pub(crate) fn start() -> Self {
        let clock = FixedClock::default();
        let db = MemoryDatabase::new();
        Memory {
            db: db.with_clock(clock.clone()).with_ids(SequentialIds::new()),
            clock,
        }
    }
}

impl World for Memory {
    type Scope = MemoryScope;
    type Global<T: Table<Tenancy = Global>> = MemoryRepository<T, SystemAccess>;

    fn tenant(&self, text: &str) -> MemoryScope {
        self.db.tenant(&tenant(text))
    }

    fn global_rows(&self) -> MemoryScope {
        self.db.system().global_rows()
    }

    fn global<T: Table<Tenancy = Global>>(&self) -> MemoryRepository<T, SystemAccess> {
        self.db.system().repository_of()
    }

    fn clock(&self) -> &FixedClock {
        &self.clock
    }
}

pub(crate) fn tenant(text: &str) -> TenantId {
    TenantId::new(text).expect("a tenant")
}

/// What a verb gives, which here is no error.
pub(crate) async fn done<V>(verb: impl Future<Output = Result<V, Error>>) -> V {
    verb.await.unwrap_or_else(|error| panic!("{error}"))
}

/// The constraint that a row breaks.
pub(crate) async fn broken<V: std::fmt::Debug>(verb: impl Future<Output = Result<V, Error>>) -> String {
    match verb.await {
        Err(Error::CheckViolation { constraint }) => constraint,
        other => panic!("expected a broken check, not {other:?}"),
    }
}
