//! Rows that a database refuses

use std::fs;
use std::path::Path;

use crate::world::{MIGRATOR, SYSTEM, exported, filled, run, said, target};

/// `specs/`, with a value of the log's levels retired.
fn retiring(folder: &Path) -> std::path::PathBuf {
    let specs = folder.join("specs");
    let copied = std::process::Command::new("cp")
        .arg("-R")
        .arg(crate::world::specs_folder())
        .arg(&specs)
        .status();
    assert!(copied.unwrap().success());
    let path = specs.join("scheduler/execution_logs.toml");
    let text = fs::read_to_string(&path).unwrap();
    let retired = text
        .replace(
            "{ debug = 0, info = 1, warning = 2, error = 3 }",
            "{ debug = 0, warning = 2, error = 3 }\nretired = { info = 1 }",
        )
        .replace("= \"info\"", "= \"debug\"");
    assert_ne!(retired, text);
    fs::write(path, retired).unwrap();
    specs
}

#[tokio::test]
async fn retired_values_are_told_by_their_lines_and_taken_with_triggers_off() {
    use stellaops_db::testing::{TemplateDatabase, shared_server};
    let source = filled().await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("acme");
    exported(&source.url_as(SYSTEM), "acme", &out);
    let specs = retiring(folder.path());
    let files = stellaops_db_spec::ddl::emit(&stellaops_db_spec::load(&specs).unwrap().unwrap());
    let scripts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
    let template =
        TemplateDatabase::from_scripts(shared_server().await, "tenant_life_retired", &scripts).await;
    let target = template.unwrap().clone_database().await.unwrap();
    let import = |url: &str, more: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_stellaops-db"))
            .args(["tenant", "import", url, "--schema", "scheduler", "--from"])
            .arg(&out)
            .arg("--specs")
            .arg(&specs)
            .args(more)
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(told).unwrap())
    };
    let (code, told) = import(&target.url_as(MIGRATOR), &[]);
    assert!(
        code == 1 && told.contains("scheduler.execution_logs, line 1: its `level` is retired"),
        "{told}"
    );
    let (code, told) = import(&target.url(), &["--as-superuser"]);
    assert_eq!(code, 0, "{told}");
}

#[tokio::test]
async fn a_row_that_the_database_refuses_is_told_by_its_line_and_the_next_run_goes_on() {
    let (source, target) = (filled().await, target().await);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("acme");
    exported(&source.url_as(SYSTEM), "acme", &out);
    let text = fs::read_to_string(out.join("scheduler.graph_jobs.ndjson")).unwrap();
    let refused = |line: &str| line.contains("separator") && line.contains(" 17\"");
    let line = 1 + text.lines().position(refused).unwrap();
    let mut superuser = target.connect().await.unwrap();
    const CHECK: &str =
        "ALTER TABLE scheduler.graph_jobs ADD CONSTRAINT unlucky CHECK (correlation_id NOT LIKE '% 17')";
    run(&mut superuser, CHECK).await;
    let url = target.url_as(MIGRATOR);
    let import = ["import", &url, "--from", out.to_str().unwrap()];
    let (code, told) = said(&import);
    let place = format!("scheduler.graph_jobs, line {line}: ");
    assert!(
        code == 1 && told.contains(&place) && told.contains("unlucky"),
        "{told}"
    );
    run(
        &mut superuser,
        "ALTER TABLE scheduler.graph_jobs DROP CONSTRAINT unlucky",
    )
    .await;
    let (code, told) = said(&import);
    assert_eq!(code, 0, "{told}");
}
