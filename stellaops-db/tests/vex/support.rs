//! A database of the test's own with the tables of schema `vex`.

use std::time::Duration;

use stellaops_db::schema::vex::{Project, ProjectRepository, SQL};
use stellaops_db::testing::{FixedClock, TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db::{Config, Database, TenantId, TenantScope};

const LOGIN: &str = "vex_tests_app";

/// A tenant's scope, and the database under it.
pub(crate) struct Fixture {
    pub(crate) scope: TenantScope,
    clock: FixedClock,
    // Dropping it drops the database.
    _database: TestDatabase,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let server = shared_server().await;
        let template = TemplateDatabase::prepare(server, "vex", async |connection| {
            sqlx::raw_sql(SQL).execute(connection).await?;
            ensure_login(server, LOGIN, &["vex_app"], false).await?;
            Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
        });
        let template = template.await.expect("the schema is applied");
        let database = template.clone_database().await.expect("a copy");
        let config = Config::from_options(database.connect_options_as(LOGIN));
        let clock = FixedClock::default();
        let db = Database::connect(&config).await.expect("connects");
        let tenant = TenantId::new("acme").expect("a tenant");
        Fixture {
            scope: db.with_clock(clock.clone()).tenant(&tenant),
            clock,
            _database: database,
        }
    }

    pub(crate) async fn project(&self, slug: &str) -> Project {
        let row = Project::new_row(slug.into(), "A shop".into(), "tests".into(), "tests".into());
        let projects = self.scope.repository::<ProjectRepository>();
        projects.insert(row).await.expect("inserts")
    }

    pub(crate) fn later(&self) {
        self.clock.advance(Duration::from_secs(1));
    }
}
