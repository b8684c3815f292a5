//! A server and databases of the tests' own, to be weakened.

use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db::testing::{PostgresBinaries, PostgresServer, TemplateDatabase, TestDatabase, ensure_login};
use stellaops_db::verify::matrix::{Matrix, matrix};
use stellaops_db::verify::{Audit, Options, verify};
use stellaops_db_spec::ddl;
use stellaops_db_spec::model::Database;
use stellaops_db_tests::specs::built_in;
use tokio::sync::OnceCell;

/// A service that works in the schemas `scheduler` and `audit`.
pub(crate) const SERVICE: &str = "scheduler_service";

/// A server whose roles may be weakened, with a database of all schemas to be copied.
pub(crate) struct World {
    pub(crate) specs: Database,
    template: TemplateDatabase,
    server: PostgresServer,
}

impl World {
    /// The one of all tests that leave the roles as they are.
    pub(crate) async fn shared() -> &'static Self {
        static SHARED: OnceCell<World> = OnceCell::const_new();
        SHARED.get_or_init(World::start).await
    }

    /// One of a test's own.
    pub(crate) async fn start() -> Self {
        let world = World::of(built_in()).await;
        ensure_login(&world.server, SERVICE, &["scheduler_app", "audit_app"], false)
            .await
            .expect("the service's login is made");
        world
    }

    /// One of other specs, without a login.
    pub(crate) async fn of(specs: Database) -> Self {
        let binaries = PostgresBinaries::find().expect("PostgreSQL is there");
        let server = PostgresServer::start_with(binaries).await.expect("it starts");
        let files = ddl::emit(&specs);
        let scripts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
        let template = TemplateDatabase::from_scripts(&server, "isolation", &scripts).await;
        let template = template.unwrap_or_else(|error| panic!("{error:?}"));
        World {
            specs,
            template,
            server,
        }
    }

    /// The statements that a finding's help tells to run, if it does: SQL, or a generated file.
    pub(crate) fn remedy(&self, help: &str) -> Option<Vec<String>> {
        let file = help.strip_prefix("apply the generated ");
        if let Some(file) = file.and_then(|rest| rest.strip_suffix(" again")) {
            let files = ddl::emit(&self.specs).into_iter();
            let meant = files.filter(|generated| file == "SQL" || generated.path.ends_with(file));
            return Some(meant.map(|generated| generated.text).collect());
        }
        let sql = help.split("   --").next().unwrap_or(help);
        let is_sql = sql.ends_with(';') && sql.starts_with(|first: char| first.is_ascii_uppercase());
        is_sql.then(|| {
            sql.split_inclusive(';')
                .map(|statement| statement.trim().to_owned())
                .collect()
        })
    }

    /// A copy as it was generated.
    pub(crate) async fn database(&self) -> TestDatabase {
        self.template.clone_database().await.expect("a copy")
    }

    pub(crate) async fn audit(&self, connection: &mut PgConnection, schema: &str) -> Audit {
        let audit = verify(connection, &self.specs, &only(schema)).await;
        audit.expect("the database is read")
    }

    pub(crate) async fn matrix(&self, connection: &mut PgConnection, audit: &Audit) -> Matrix {
        let matrix = matrix(connection, &self.specs, audit).await;
        matrix.expect("every cell is tried")
    }
}

/// One schema, or all.
fn only(schema: &str) -> Options {
    let mut options = Options::default();
    options.schemas = (!schema.is_empty())
        .then(|| schema.to_owned())
        .into_iter()
        .collect();
    options
}

/// Runs statements as the superuser.
pub(crate) async fn run(connection: &mut PgConnection, sql: &str) {
    let ran = try_to_run(connection, sql).await;
    ran.unwrap_or_else(|error| panic!("{sql}\n{error}"));
}

/// The same, where the database may refuse.
pub(crate) async fn try_to_run(connection: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    let statements = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    let ran = statements.execute(&mut *connection).await.map(drop);
    if ran.is_err() {
        // A file opens a transaction of its own.
        let back = sqlx::raw_sql("ROLLBACK").execute(connection).await;
        back.expect("a failed transaction ends");
    }
    ran
}
