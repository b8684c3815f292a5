//! The toolkit's own schemas: to a database, to specs, and to a database again.

use std::path::PathBuf;
use std::process::Command;

use stellaops_db::testing::{TestDatabase, shared_server};
use stellaops_db_spec::ddl;

use crate::dump::differences;
use crate::support::{checked, database, scaffold};

#[tokio::test]
async fn our_own_schemas_come_back_as_they_were_but_for_what_is_told() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let original = stellaops_db_spec::load(&folder)
        .expect("specs")
        .expect("good specs");
    let scripts = |database| ddl::emit(database).into_iter().map(|file| file.text).collect();
    let before = database("scaffold_before", scripts(&original)).await;
    let scaffolded = scaffold(&before).await;
    assert!(scaffolded.is_sound);
    let after = database("scaffold_after", scripts(&checked(&scaffolded))).await;
    let (Some(left), Some(right)) = (dump(&before).await, dump(&after).await) else {
        return;
    };
    let found = differences(&left, &right);
    let silent: Vec<_> = found
        .iter()
        .filter(|found| !found.is_told(&scaffolded.notes))
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
    // What is told is the inside of documents and what a queue excuses, and nothing else.
    for difference in &found {
        let text = difference.right.as_deref().unwrap_or_default();
        let is_of_a_queue = difference.object.contains("_updated_at");
        assert!(
            text.contains("'schemaVersion'") || is_of_a_queue,
            "{difference:#?}"
        );
    }
}

#[tokio::test]
async fn specs_of_a_database_are_the_same_every_time_and_of_what_they_made() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let original = stellaops_db_spec::load(&folder)
        .expect("specs")
        .expect("good specs");
    let scripts: Vec<String> = ddl::emit(&original).into_iter().map(|file| file.text).collect();
    let database = database("scaffold_before", scripts).await;
    let (first, second) = (scaffold(&database).await, scaffold(&database).await);
    assert_eq!(first.files, second.files);
    assert_eq!(first.notes, second.notes);
    let tables: Vec<String> = checked(&first).tables().map(|table| table.qualified()).collect();
    let specified: Vec<String> = original.tables().map(|table| table.qualified()).collect();
    assert_eq!(tables, specified);
}

/// `pg_dump -s`; nothing where there is no `pg_dump`.
async fn dump(database: &TestDatabase) -> Option<String> {
    let program = shared_server()
        .await
        .bin("pg_dump")
        .filter(|program| program.exists())?;
    let output = Command::new(program)
        .args(["-s", "-d", &database.url()])
        .output()
        .expect("pg_dump runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
    Some(lines.map(|line| format!("{line}\n")).collect())
}
