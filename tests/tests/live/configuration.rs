//! Where the settings come from, and what is said when they are wrong.

use std::process::Command;

use stellaops_db::{Config, ConfigError, Database};

use crate::support::*;

/// Set in the copy of this program that reads its environment.
const CHILD: &str = "STELLAOPS_DB_LIVE_CHILD";

#[test]
fn a_url_is_read_and_its_password_is_never_shown() {
    let config = Config::from_url("postgres://app:s3cr%40t@db.example:6432/stellaops").expect("is read");
    let shown = format!("{config:?}");
    assert!(shown.contains("app@db.example:6432/stellaops"), "{shown}");
    assert!(!shown.contains("s3cr"), "{shown}");
    for url in [
        "",
        "nonsense",
        "postgres://user:s3cret@host:port/x",
        "postgres://[s3cret",
    ] {
        let error = Config::from_url(url).expect_err("is no URL");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
}

#[test]
fn the_environment_is_read() {
    if std::env::var_os(CHILD).is_some() {
        match Config::from_environment() {
            Ok(config) => println!("config: {config:?}"),
            Err(error) => println!("error: {error}"),
        }
        return;
    }
    let child = |variables: &[(&str, &str)]| {
        let output = Command::new(std::env::current_exe().expect("this program has a path"))
            .args(["--exact", "configuration::the_environment_is_read", "--nocapture"])
            .env_clear()
            .env(CHILD, "1")
            .envs(variables.iter().copied())
            .output()
            .expect("the copy runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let all = child(&[
        ("STELLAOPS_DB_URL", "postgres://app:s3cret@one/x"),
        ("STELLAOPS_DB_SYSTEM_URL", "postgres://system:s3cret@two/x"),
        ("STELLAOPS_DB_REPLICA_URL", "postgres://app:s3cret@three/x"),
        ("STELLAOPS_DB_MAX_CONNECTIONS", "7"),
        ("STELLAOPS_DB_ACQUIRE_TIMEOUT", "3"),
        ("STELLAOPS_DB_STATEMENT_TIMEOUT", "250"),
        ("STELLAOPS_DB_APPLICATION_NAME", "scheduler"),
    ]);
    for part in [
        "app@one:5432/x",
        "system@two:5432/x",
        "app@three:5432/x",
        "7",
        "3s",
        "250ms",
        "\"scheduler\"",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert!(!all.contains("s3cret"), "{all}");
    let default = child(&[
        ("STELLAOPS_DB_URL", "postgres://app@one/x"),
        ("STELLAOPS_DB_SYSTEM_URL", ""),
    ]);
    for part in ["system: None", "max_connections: 10", "30s", "stellaops-db"] {
        assert!(default.contains(part), "{part}: {default}");
    }
    let two = format!("{}, {}", "0a".repeat(32), "0B".repeat(32));
    let three = format!("{two},{}", "0c".repeat(32));
    let keys = child(&[
        ("STELLAOPS_DB_URL", "postgres://app@one/x"),
        ("STELLAOPS_DB_CURSOR_KEYS", &two),
    ]);
    assert!(
        keys.contains("cursor_keys: 2") && !keys.contains("0a0a"),
        "{keys}"
    );
    let url = ("STELLAOPS_DB_URL", "postgres://app:s3cret@one/x");
    for (variables, said) in [
        (vec![], "`STELLAOPS_DB_URL` is not set"),
        (vec![("STELLAOPS_DB_URL", "")], "`STELLAOPS_DB_URL` is not set"),
        (
            vec![("STELLAOPS_DB_URL", "s3cret")],
            "`STELLAOPS_DB_URL` is not a URL",
        ),
        (
            vec![url, ("STELLAOPS_DB_SYSTEM_URL", "s3cret")],
            "`STELLAOPS_DB_SYSTEM_URL` is not a URL",
        ),
        (
            vec![url, ("STELLAOPS_DB_MAX_CONNECTIONS", "many")],
            "`STELLAOPS_DB_MAX_CONNECTIONS` is not a number",
        ),
        (
            vec![url, ("STELLAOPS_DB_STATEMENT_TIMEOUT", "-1")],
            "`STELLAOPS_DB_STATEMENT_TIMEOUT` is not a number",
        ),
        (
            vec![url, ("STELLAOPS_DB_CURSOR_KEYS", "s3cret")],
            "`STELLAOPS_DB_CURSOR_KEYS` is not one or two keys",
        ),
        (
            vec![url, ("STELLAOPS_DB_CURSOR_KEYS", three.as_str())],
            "`STELLAOPS_DB_CURSOR_KEYS` is not one or two keys",
        ),
    ] {
        let output = child(&variables);
        assert!(
            output.contains(said) && !output.contains("s3cret"),
            "{said}: {output}"
        );
    }
}

#[test]
fn a_file_is_read_and_faults_in_it_are_pointed_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("database.toml");
    let read = |text: &str| {
        std::fs::write(&path, text).expect("is written");
        Config::from_file(&path)
    };
    let config = read("url = \"postgres://app@one/x\"\nmax_connections = 3\nstatement_timeout = 5\n")
        .expect("is read");
    let shown = format!("{config:?}");
    assert!(
        shown.contains("max_connections: 3") && shown.contains("5ms"),
        "{shown}"
    );
    for (text, at) in [
        ("url = \"postgres://app@one/x\"\n  max_conections = 3\n", (2, 3)),
        (
            "url = \"postgres://app@one/x\"\nmax_connections = \"three\"\n",
            (2, 19),
        ),
        ("url = \n", (1, 7)),
        ("url = \"postgres://app@one/x\"\nacquire_timeout = -1\n", (2, 19)),
    ] {
        match read(text).expect_err("is faulty") {
            ConfigError::File {
                line,
                column,
                path: named,
                message,
            } => {
                assert_eq!((line, column), at, "{text}: {message}");
                assert!(named.ends_with("database.toml"));
            }
            other => panic!("{text}: {other}"),
        }
    }
    refused!(read("max_connections = 3\n"), ConfigError::File { message, .. } if message.contains("url"));
    let keys = format!(
        "url = \"postgres://app@one/x\"\ncursor_keys = [\"{}\"]\n",
        "0a".repeat(32)
    );
    assert!(format!("{:?}", read(&keys).expect("is read")).contains("cursor_keys: 1"));
    refused!(read("url = \"nonsense\"\n"), ConfigError::Invalid { setting, .. } if setting == "url");
    refused!(
        Config::from_file(folder.path().join("missing.toml")),
        ConfigError::Unreadable { .. }
    );
}

#[tokio::test]
async fn a_configuration_from_a_file_connects() {
    let database = copy().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("database.toml");
    let text = format!(
        "url = {:?}\nsystem_url = {:?}\napplication_name = \"from a file\"\n",
        database.url_as(APPLICATION),
        database.url_as(SYSTEM)
    );
    std::fs::write(&path, text).expect("is written");
    let db = Database::connect(&Config::from_file(&path).expect("is read"))
        .await
        .expect("connects");
    let mut connection = db.unscoped().acquire().await.expect("a connection");
    let name: String = value(&mut connection, "SELECT current_setting('application_name')").await;
    assert_eq!(name, "from a file");
    db.system("from a file")
        .await
        .expect("opens")
        .close()
        .await
        .expect("closes");
}
