//! Where the settings come from, and what is said when they are wrong.

use std::process::Command;

use stellaops_db::persistence::{Persistence, PersistenceError};
use stellaops_db::{Config, Database};

use crate::events::Events;
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
        ("STELLAOPS_DB_PASSWORD", "s3cret"),
        ("STELLAOPS_DB_TLS", "verify-ca"),
        ("STELLAOPS_DB_ACQUIRE_TIMEOUT", "3s"),
        ("STELLAOPS_DB_STATEMENT_TIMEOUT", "250ms"),
        ("STELLAOPS_DB_APPLICATION_NAME", "scheduler"),
    ]);
    for part in [
        "app@one:5432/x (verify-ca)",
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
    let weakened = child(&[
        ("STELLAOPS_DB_URL", "postgres://app@one/x"),
        ("PGSSLMODE", "disable"),
    ]);
    assert!(weakened.contains("app@one:5432/x (verify-full)"), "{weakened}");
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
            "`STELLAOPS_DB_MAX_CONNECTIONS` is not a whole number from 1 to 10000",
        ),
        (
            vec![url, ("STELLAOPS_DB_ACQUIRE_TIMEOUT", "30")],
            "`STELLAOPS_DB_ACQUIRE_TIMEOUT` is not a time from 1ms to 24h, with its unit",
        ),
        (
            vec![url, ("STELLAOPS_DB_STATEMENT_TIMEOUT", "-1")],
            "`STELLAOPS_DB_STATEMENT_TIMEOUT` is not a time",
        ),
        (
            vec![url, ("STELLAOPS_DB_TLS_CERTIFICATE", "/a.pem")],
            "`STELLAOPS_DB_TLS_CERTIFICATE` is not set together with `STELLAOPS_DB_TLS_KEY`",
        ),
        (
            vec![
                url,
                ("STELLAOPS_DB_SYSTEM_URL", "postgres://a@two/x?passwrd=s3cret"),
            ],
            "`STELLAOPS_DB_SYSTEM_URL` is not a URL with known parameters: `passwrd` is none; `password` is one",
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

/// The faults of a text, as `code line:column` and the whole report.
fn refused_with(text: &str) -> (Vec<String>, String) {
    let report = Persistence::from_bytes("persistence.yaml", text.as_bytes()).expect_err("is faulty");
    let place = |fault: stellaops_db_spec::diagnostic::FaultRecord| {
        format!("{} {}:{}", fault.code, fault.line, fault.column)
    };
    let places = report.to_records().into_iter().map(place).collect();
    (places, report.to_string())
}

const ONE: &str = "version: 1\nmodules:\n  scheduler:\n    url: postgres://app@one/x\n";

#[test]
fn a_configuration_is_one_plain_document() {
    for (text, place) in [
        (
            "version: 1\ndefaults: &a {}\nmodules:\n  scheduler: *a\n",
            ["SDB1101 2:14", "SDB1101 4:14"].as_slice(),
        ),
        ("version: 1\n---\nversion: 1\n", &["SDB1101 2:1"]),
        ("version: 1\n\tmodules:\n", &["SDB1101 2:1"]),
    ] {
        let (places, report) = refused_with(text);
        assert_eq!(places, place, "{report}");
    }
}

#[test]
fn a_misspelt_or_repeated_setting_is_told_with_the_name_that_is_meant() {
    let (places, report) = refused_with(&format!(
        "{ONE}    max_conections: 20\n    tls: require\n    tls: disable\n"
    ));
    assert_eq!(places, ["SDB1102 5:5", "SDB1102 7:5"]);
    for part in [
        "did you mean `max_connections`?",
        "max_conections: **",
        "here it was first",
        "2 faults in the configuration",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
}

#[test]
fn a_value_without_its_unit_or_of_another_kind_is_refused() {
    let (places, report) = refused_with(&format!("{ONE}    statement_timeout: 30\n    explain_slow: no\n"));
    assert_eq!(places, ["SDB1103 5:24", "SDB1103 6:19"]);
    for part in [
        "`statement_timeout: 30s`",
        "write `explain_slow: false`",
        "explain_slow: no\n",
    ] {
        assert!(report.contains(part), "{part}\n{report}");
    }
}

#[test]
fn a_password_in_the_file_is_refused_and_never_shown() {
    let text = "version: 1\nmodules:\n  scheduler:\n    url: postgres://app:s3cret@one/x\n    system_password: s3cret # s3cret\n";
    let (places, report) = refused_with(text);
    assert_eq!(
        places,
        ["SDB1104 4:10", "SDB1103 5:5", "SDB1104 5:22"],
        "{report}"
    );
    assert!(
        report.contains("password: { env: NAME }") && !report.contains("s3cret"),
        "{report}"
    );
}

#[test]
fn a_module_that_is_no_schema_or_has_no_url_is_told() {
    let (places, report) = refused_with("version: 1\nmodules:\n  scheduler:\n  Vex: { enabled: false }\n");
    assert_eq!(places, ["SDB1105 3:3", "SDB1105 4:3"], "{report}");
    let persistence = Persistence::from_bytes(
        "persistence.yaml",
        ONE.replace("scheduler", "schedular").as_bytes(),
    );
    let report = persistence
        .expect("is in order by itself")
        .check_schemas(&["scheduler", "vex"]);
    let told = report.expect_err("there is no such schema").to_string();
    assert!(
        told.contains("persistence.yaml:3:3") && told.contains("did you mean `scheduler`?"),
        "{told}"
    );
}

#[test]
fn a_reference_that_leads_nowhere_is_told_when_its_module_is_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("persistence.yaml");
    let text = format!(
        "{ONE}    password: {{ file: secrets/password }}\n    cursor_keys: [{{ file: secrets/key }}]\n  vex: {{ enabled: false, url: {{ env: NOWHERE }} }}\n"
    );
    std::fs::write(&path, text).expect("is written");
    let persistence = Persistence::from_file(&path).expect("is in order by itself");
    let Err(PersistenceError::Faulty(report)) = persistence.module("scheduler") else {
        panic!("the files are not there");
    };
    let places: Vec<_> = report
        .to_records()
        .iter()
        .map(|fault| (fault.code, fault.line))
        .collect();
    assert_eq!(places, [("SDB1106", 5), ("SDB1106", 6)], "{report}");
    std::fs::create_dir(folder.path().join("secrets")).expect("is made");
    std::fs::write(folder.path().join("secrets/password"), "s3cret\n").expect("is written");
    std::fs::write(folder.path().join("secrets/key"), "0a".repeat(32)).expect("is written");
    let shown = format!("{:?}", persistence.module("scheduler").expect("opens"));
    assert!(
        shown.contains("cursor_keys: 1") && !shown.contains("s3cret"),
        "{shown}"
    );
    persistence
        .check_references()
        .expect("what is not enabled is not followed");
    refused!(
        persistence.module("vex"),
        PersistenceError::Disabled { line: 7, .. }
    );
    refused!(persistence.module("vx"), PersistenceError::UnknownModule { nearest: Some(near), .. } if near == "vex");
    refused!(
        Persistence::from_file(folder.path().join("missing.yaml")),
        PersistenceError::Unreadable { .. }
    );
}

/// Many mounts are like that by default; the group of a file is how a service is let in.
#[cfg(unix)]
#[test]
fn a_secret_that_everybody_may_read_is_told_and_taken() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("persistence.yaml");
    std::fs::write(&path, format!("{ONE}    password: {{ file: password }}\n")).expect("is written");
    let secret = folder.path().join("password");
    std::fs::write(&secret, "s3cret").expect("is written");
    let persistence = Persistence::from_file(&path).expect("is in order");
    for (mode, is_told) in [(0o644, true), (0o440, false), (0o400, false)] {
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(mode)).expect("is set");
        let events = Events::listen();
        persistence.module("scheduler").expect("opens");
        let told = events.told();
        assert_eq!(
            told.contains("can be read by every user"),
            is_told,
            "{mode:o}: {told}"
        );
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[tokio::test]
async fn a_module_of_a_file_connects() {
    let database = copy().await;
    let folder = tempfile::tempdir().expect("a folder");
    let secret = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("is written");
    };
    // With a password where the server asks for one, so that the whole URLs are secrets.
    secret("url", &database.url_as(APPLICATION));
    secret("system_url", &database.url_as(SYSTEM));
    let text = "version: 1
defaults: { url: { file: url }, system_url: { file: system_url } }
modules:
  scheduler: { statement_timeout: 1234ms }
";
    secret("persistence.yaml", text);
    let persistence = Persistence::from_file(folder.path().join("persistence.yaml")).expect("is in order");
    let config = persistence.module("scheduler").expect("opens");
    let db = Database::connect(&config).await.expect("connects");
    db.system("from a file")
        .await
        .expect("opens")
        .close()
        .await
        .expect("closes");
    if is_pooled("the settings of a session") {
        return;
    }
    let mut connection = db.unscoped().acquire().await.expect("a connection");
    let settings =
        "SELECT concat_ws(' ', current_setting('application_name'), current_setting('statement_timeout'))";
    let settings: String = value(&mut connection, settings).await;
    assert_eq!(settings, "scheduler 1234ms");
}
