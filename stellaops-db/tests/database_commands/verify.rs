//! `verify`, of a database with the scheduler's tables. The server is the tests' own: other tests make logins that a
//! database should not have.

use std::fs;

use stellaops_db::testing::{PostgresBinaries, PostgresServer, TestDatabase};
use tokio::sync::OnceCell;

use super::{command, run, schema_on};

async fn scheduler() -> TestDatabase {
    static SERVER: OnceCell<PostgresServer> = OnceCell::const_new();
    let start = async || {
        PostgresServer::start_with(PostgresBinaries::find().unwrap())
            .await
            .unwrap()
    };
    schema_on(SERVER.get_or_init(start).await, "scheduler").await
}

#[tokio::test]
async fn a_database_as_generated_is_sound_and_a_weakened_one_is_not() {
    let database = scheduler().await;
    let url = database.url();
    let (code, said) = command("verify", &[&url, "--schema", "scheduler", "--matrix"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("ok: 23 rules, "), "{said}");

    let mut superuser = database.connect().await.unwrap();
    run(
        &mut superuser,
        "GRANT TRUNCATE ON scheduler.runs TO scheduler_app",
    )
    .await
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [report, sarif] = ["isolation.md", "isolation.sarif"].map(|name| folder.path().join(name));
    let [shown_report, shown_sarif] = [&report, &sarif].map(|path| path.to_str().unwrap());
    let (code, said) = command(
        "verify",
        &[
            &url,
            "--schema",
            "scheduler",
            "--report",
            shown_report,
            "--sarif",
            shown_sarif,
        ],
    );
    assert_eq!(code, 1, "{said}");
    let told = "error[SDB1009] scheduler.runs: scheduler_app has TRUNCATE on it\n  help: REVOKE TRUNCATE ON TABLE scheduler.runs FROM scheduler_app;\n";
    assert!(said.starts_with(told), "{said}");
    assert!(
        fs::read_to_string(report)
            .unwrap()
            .contains("| SDB1009 | error | scheduler.runs |")
    );
    let sarif: serde_json::Value = serde_json::from_str(&fs::read_to_string(sarif).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "SDB1009");
}

#[tokio::test]
async fn a_schema_that_is_not_there_is_a_warning_unless_it_is_asked_for() {
    let database = scheduler().await;
    let url = database.url();
    let (code, said) = command("verify", &[&url, "--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, &said["errors"], &said["warnings"]),
        (0, &0.into(), &7.into())
    );
    let (code, _) = command("verify", &[&url, "--strict"]);
    assert_eq!(code, 1, "a warning counts");
    let (code, said) = command("verify", &[&url, "--schema", "audit"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("error[SDB1001] schema audit: the schema is not in the database"),
        "{said}"
    );
    let (code, said) = command("verify", &[&url, "--schema", "audits"]);
    assert_eq!(code, 3);
    assert!(
        said.contains("the specs have no schema `audits`; there are audit, authority,"),
        "{said}"
    );
}

#[tokio::test]
async fn another_database_is_told_in_one_line() {
    let database = scheduler().await;
    let url = database.url().replace(database.name(), "postgres");
    let (code, said) = command("verify", &[&url]);
    assert_eq!(code, 1);
    let told = said
        .lines()
        .filter(|line| line.starts_with("error"))
        .collect::<Vec<_>>();
    assert_eq!(
        told,
        ["error[SDB1001] database: none of the schemas of the specs is in it"]
    );
}

#[tokio::test]
async fn a_login_that_cannot_see_every_row_says_what_it_left_unchecked() {
    let database = scheduler().await;
    let mut superuser = database.connect().await.unwrap();
    let login = format!("verify_{}", database.name().rsplit('_').next().unwrap());
    run(&mut superuser, &format!("CREATE ROLE {login} LOGIN"))
        .await
        .unwrap();
    let url = database.url_as(&login);
    let (code, said) = command("verify", &[&url, "--schema", "scheduler"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("not checked[SDB1015]"), "{said}");
    let (code, said) = command("verify", &[&url, "--schema", "scheduler", "--catalog-only"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = command("verify", &[&url, "--schema", "scheduler", "--matrix"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("ask as a superuser"), "{said}");
    run(&mut superuser, &format!("DROP ROLE {login}")).await.unwrap();
}
