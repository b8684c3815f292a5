//! Rows that are kept for ever, for a while, or as evidence: a database of the test's own with the tables of
//! `ledger/specs`.

mod chains;
mod keeping;

use sqlx::{ConnectOptions, PgConnection};
use stellaops_db::testing::{FixedClock, TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db::{Config, Database, TenantScope};
use stellaops_db_tests::specs;

use crate::support::{SYSTEM, tenant};

/// A service's login.
pub(crate) const APPLICATION: &str = "ledger_live_app";

/// A database with its logins; dropping it drops the database.
pub(crate) struct Ledger {
    pub(crate) db: Database,
    pub(crate) clock: FixedClock,
    pub(crate) database: TestDatabase,
}

impl Ledger {
    pub(crate) async fn start() -> Self {
        let server = shared_server().await;
        let template = TemplateDatabase::prepare(server, "ledger", async |connection: &mut PgConnection| {
            crate::support::run(connection, specs::sql("ledger"))
                .await
                .map(|_| ())
        });
        let template = template.await.expect("the schema is applied");
        for (login, roles, bypasses) in [(APPLICATION, &["ledger_app"][..], false), (SYSTEM, &[], true)] {
            ensure_login(server, login, roles, bypasses)
                .await
                .expect("the login is made");
        }
        let database = template.clone_database().await.expect("a copy");
        let config = Config::from_options(database.connect_options_as(APPLICATION))
            .with_system_options(database.connect_options_as(SYSTEM))
            .with_max_connections(8);
        let clock = FixedClock::default();
        let db = Database::connect(&config).await.expect("connects");
        Ledger {
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
}

/// A connection of a login, without the toolkit.
pub(crate) async fn connect(ledger: &Ledger, login: &str) -> PgConnection {
    let options = ledger.database.connect_options_as(login);
    options.connect().await.expect("the login connects")
}
