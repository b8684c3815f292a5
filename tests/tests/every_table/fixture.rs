//! The specs, and a database with all their schemas and a login for the application of each.

use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db::testing::{PostgresServer, TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db_spec::ddl;
use stellaops_db_spec::model::{Database, Schema};

pub(crate) use stellaops_db_tests::specs::built_in as specs;

/// The one login that writes global tables.
pub(crate) const SYSTEM: &str = "stellaops_system";

/// The login of a schema's application.
pub(crate) fn login(schema: &Schema) -> String {
    format!("every_{}_app", schema.name)
}

/// A database of the test's own with every schema, all logins made.
pub(crate) async fn database(specs: &Database) -> TestDatabase {
    let server = shared_server().await;
    let files = ddl::emit(specs);
    let template = TemplateDatabase::prepare(server, "every_table", async |connection: &mut PgConnection| {
        for file in &files {
            sqlx::raw_sql(AssertSqlSafe(file.text.clone()))
                .execute(&mut *connection)
                .await?;
        }
        Ok::<(), sqlx::Error>(())
    })
    .await
    .unwrap_or_else(|error| panic!("{error:?}"));
    make_logins(server, specs).await;
    template.clone_database().await.expect("a copy")
}

async fn make_logins(server: &PostgresServer, specs: &Database) {
    for schema in &specs.schemas {
        let role = format!("{}_app", schema.name);
        ensure_login(server, &login(schema), &[&role], false)
            .await
            .expect("the application's login is made");
    }
    ensure_login(server, SYSTEM, &[], true)
        .await
        .expect("the system's login is made");
}
