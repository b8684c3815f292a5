//! The command itself: what it writes, and what it refuses.

use std::process::{Command, Output};

use crate::support::database;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stellaops-db"))
        .arg("scaffold")
        .args(arguments)
        .output()
        .expect("the command runs")
}

#[tokio::test]
async fn specs_are_written_once_and_nothing_is_written_over_them() {
    let script = "CREATE SCHEMA shop; CREATE TABLE shop.words (id uuid PRIMARY KEY)";
    let database = database("scaffold_command", vec![script.into()]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("specs");
    let to = to.to_str().expect("a name");
    let url = database.url();
    let arguments = ["--from-database", url.as_str(), "--schema", "shop", "--to", to];
    let first = run(&arguments);
    let text = String::from_utf8_lossy(&first.stdout);
    assert!(text.contains("new     shop/words.toml"), "{text}");
    assert!(text.contains("shop.words"), "{text}");
    let written = std::fs::read_to_string(folder.path().join("specs/shop/words.toml")).expect("the spec");
    assert!(written.contains("[columns.id]"), "{written}");
    std::fs::write(folder.path().join("specs/shop/words.toml"), "mine").expect("a change");
    let second = run(&arguments);
    assert_eq!(second.status.code(), Some(1));
    let text = String::from_utf8_lossy(&second.stdout);
    assert!(
        text.contains("nothing was written") && text.contains("shop/words.toml"),
        "{text}"
    );
    let kept = std::fs::read_to_string(folder.path().join("specs/shop/words.toml")).expect("the spec");
    assert_eq!(kept, "mine");
}

#[test]
fn a_database_that_cannot_be_reached_is_told_without_the_password() {
    let output = run(&["--from-database", "postgres://me:hunter2@127.0.0.1:1/shop"]);
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        text.contains("cannot be reached") && text.contains("check host, port"),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
    let output = run(&["--from-database", "postgres://me:hunter2@127.0.0.1:notaport/shop"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(3) && !text.contains("hunter2"),
        "{text}"
    );
}
