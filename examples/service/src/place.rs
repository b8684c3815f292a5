use stellaops_db::schema::{scheduler, vex, vuln};
use stellaops_db::testing::{TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db::{Config, CursorKey, Database, Expected};
use uuid::Uuid;

use crate::Failure;

const APPLICATION: &str = "service_app";
const SYSTEM: &str = "stellaops_system";

/// A database, and what has to go when the program ends.
pub struct Place {
    /// The database.
    pub database: Database,
    throwaway: Option<TestDatabase>,
}

impl Place {
    /// The database of the environment (`STELLAOPS_DB_URL`, …), or a throwaway one.
    ///
    /// # Errors
    /// A setting that is missing, a server that cannot be reached.
    pub async fn open(is_demo: bool) -> Result<Self, Failure> {
        if is_demo {
            return Place::throwaway().await;
        }
        // All that a service in production needs: refused, too, is a database of other tables than these.
        let config = Config::from_environment()?.expecting(tables());
        let database = Database::connect(&config).await?;
        Ok(Place { database, throwaway: None })
    }

    /// A database of its own, on a PostgreSQL that ends with the process.
    ///
    /// # Errors
    /// When no PostgreSQL can be had.
    pub async fn throwaway() -> Result<Self, Failure> {
        let server = shared_server().await;
        let scripts = [scheduler::SQL, vex::SQL, vuln::SQL];
        let template = TemplateDatabase::from_scripts(server, "service", &scripts).await?;
        ensure_login(server, APPLICATION, &["scheduler_app", "vex_app", "vuln_app"], false).await?;
        ensure_login(server, SYSTEM, &[], true).await?;
        let throwaway = template.clone_database().await?;
        let config = Config::from_options(throwaway.connect_options_as(APPLICATION))
            .with_system_options(throwaway.connect_options_as(SYSTEM))
            .with_cursor_keys(cursor_key())
            .expecting(tables());
        let database = Database::connect(&config).await?;
        Ok(Place { database, throwaway: Some(throwaway) })
    }

    /// The environment in which another program has the same throwaway database.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let urls = self.throwaway.iter().flat_map(|throwaway| {
            [
                ("STELLAOPS_DB_URL", throwaway.url_as(APPLICATION)),
                ("STELLAOPS_DB_SYSTEM_URL", throwaway.url_as(SYSTEM)),
            ]
        });
        urls.collect()
    }

    /// Closes the connections, waiting for those in use.
    pub async fn close(self) {
        self.database.close().await;
    }
}

/// A new key: nobody keeps a cursor longer than a throwaway database.
fn cursor_key() -> Option<CursorKey> {
    let [one, other] = [(); 2].map(|()| Uuid::new_v4().simple());
    CursorKey::from_hexadecimal(&format!("{one}{other}"))
}

/// The tables that the programs were compiled against.
fn tables() -> impl Iterator<Item = Expected> {
    [scheduler::TABLES, vex::TABLES, vuln::TABLES].into_iter().flatten().copied()
}
