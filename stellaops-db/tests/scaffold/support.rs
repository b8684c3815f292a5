//! Databases with SQL in them, and what is scaffolded from them.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use stellaops_db::scaffold::{Scaffolded, from_database};
use stellaops_db::testing::{TemplateDatabase, TestDatabase, shared_server};
use stellaops_db_spec::model::Database;
use stellaops_db_spec::source::{SourceFile, Sources};

/// A database of the test's own in which the scripts were run.
pub(crate) async fn database(hint: &str, scripts: Vec<String>) -> TestDatabase {
    let server = shared_server().await;
    let template = TemplateDatabase::prepare(server, hint, async |connection: &mut PgConnection| {
        for script in &scripts {
            sqlx::raw_sql(AssertSqlSafe(script.clone()))
                .execute(&mut *connection)
                .await?;
        }
        Ok::<(), sqlx::Error>(())
    })
    .await
    .unwrap_or_else(|error| panic!("{error:?}"));
    template.clone_database().await.expect("a copy")
}

/// What becomes of all schemas of the database.
pub(crate) async fn scaffold(database: &TestDatabase) -> Scaffolded {
    let mut connection = database.connect().await.expect("a connection");
    let scaffolded = from_database(&mut connection, &[]).await.expect("specs");
    connection.close().await.expect("the end");
    scaffolded
}

/// The model of scaffolded specs.
pub(crate) fn checked(scaffolded: &Scaffolded) -> Database {
    let files = scaffolded.files.iter().map(|file| SourceFile {
        path: format!("specs/{}", file.path).into(),
        text: file.text.as_str().into(),
    });
    stellaops_db_spec::load_sources(&Sources::new(files.collect()))
        .unwrap_or_else(|report| panic!("{report}"))
}

/// All files and notes as one text.
pub(crate) fn shown(scaffolded: &Scaffolded) -> String {
    let files = scaffolded
        .files
        .iter()
        .map(|file| format!("===== {}\n{}", file.path, file.text));
    let notes = scaffolded.notes.iter().map(|note| format!("{note}\n"));
    format!(
        "{}\n===== notes\n{}",
        files.collect::<Vec<_>>().join("\n"),
        notes.collect::<String>()
    )
}
