//! The throwaway server's process: a shell that owns the server and outlives us just long enough to clean up.
//!
//! Everything here blocks, and depends on no runtime: tests that share a server have a runtime each.

use std::{
    ffi::{OsStr, OsString},
    fs,
    io::Write,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::{Path, PathBuf},
    process::Child,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{
    binaries::PostgresBinaries,
    error::TestingError,
    shell::{self, Folder},
};

const SCRIPT: &str = include_str!("guard.sh");
/// How long a server may take to come up, `initdb` included.
const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(5);
/// The server's log is shown from this many lines before its end.
const LOG_TAIL: usize = 30;

/// The server stops and its folder goes when this is dropped, and when the process ends in any way.
pub(super) struct Guard {
    directory: PathBuf,
    process: Mutex<Process>,
}

struct Process {
    /// The end of its pipe is the order to stop, and the pipe is dropped with this: the shell cleans up on its own, and
    /// waiting for it would only delay the caller.
    child: Child,
    generation: u32,
}

impl Guard {
    /// Makes a database cluster and starts a server on it, with `name=value` settings. The files are put into its
    /// folder, readable by the server alone; a setting names one by its path, with `{folder}` in front.
    pub(super) fn start(
        binaries: &PostgresBinaries,
        settings: &[String],
        files: &[(&str, &str)],
    ) -> Result<Self, TestingError> {
        let folder = Folder::make()?;
        for (name, text) in files {
            write_file(&folder, name, text)?;
        }
        let path = folder.path().to_string_lossy().into_owned();
        let settings = settings.iter().map(|setting| setting.replace("{folder}", &path));
        let mut arguments = vec![binaries.directory().as_os_str().to_owned()];
        let socket = socket_setting(folder.path());
        for setting in settings.map(OsString::from).chain([socket]) {
            arguments.extend(["-c".into(), setting]);
        }
        let shell = folder.run("stellaops-db-test-server", SCRIPT, arguments)?;
        let guard = Self {
            directory: shell.directory,
            process: Mutex::new(Process {
                child: shell.child,
                generation: 1,
            }),
        };
        guard.wait_until_ready(&mut guard.lock())?;
        Ok(guard)
    }

    /// The server's folder, which also holds its socket.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// All that the server has logged.
    pub(super) fn log(&self) -> String {
        shell::log(&self.directory)
    }

    /// Stops the server by a signal, starts it again on the same data and waits for it.
    pub(super) fn restart(&self, signal: &str) -> Result<(), TestingError> {
        let mut process = self.lock();
        process.generation += 1;
        let generation = process.generation;
        let orders = process
            .child
            .stdin
            .as_mut()
            .ok_or_else(|| self.failure("the server was stopped"))?;
        writeln!(orders, "restart {signal} {generation}")
            .map_err(TestingError::system("send an order to the test server's guard"))?;
        let restarted = || self.read("generation").trim() == generation.to_string();
        self.wait_for(&mut process, "was not stopped", |_| restarted())?;
        self.wait_until_ready(&mut process)
    }

    /// Stops the server and removes its folder; returns when both are gone.
    pub(super) fn stop(&self) -> Result<(), TestingError> {
        let mut process = self.lock();
        process.child.stdin = None;
        process
            .child
            .wait()
            .map_err(TestingError::system("wait for the test server's guard"))?;
        Ok(())
    }

    fn wait_until_ready(&self, process: &mut Process) -> Result<(), TestingError> {
        self.wait_for(process, "did not become ready", |guard| {
            // The eighth line of the server's own status file; pg_ctl waits for the same.
            guard
                .read("data/postmaster.pid")
                .lines()
                .nth(7)
                .is_some_and(|status| status.trim() == "ready")
        })
    }

    fn wait_for(
        &self,
        process: &mut Process,
        what_failed: &str,
        is_reached: impl Fn(&Self) -> bool,
    ) -> Result<(), TestingError> {
        let started = Instant::now();
        while !is_reached(self) {
            let ended = self.read("ended");
            if what_failed == "did not become ready" && !ended.is_empty() {
                return Err(self.failure(&format!("it ended with status {}", ended.trim())));
            }
            if !matches!(process.child.try_wait(), Ok(None)) {
                return Err(self.failure("its guard, a shell script, ended"));
            }
            if started.elapsed() > PATIENCE {
                return Err(self.failure(&format!("it {what_failed} in {} s", PATIENCE.as_secs())));
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    fn failure(&self, reason: &str) -> TestingError {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let tail = &lines[lines.len().saturating_sub(LOG_TAIL)..];
        TestingError::Start {
            reason: reason.to_owned(),
            log: tail.join("\n"),
        }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.directory.join(file)).unwrap_or_default()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Process> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write_file(folder: &Folder, name: &str, text: &str) -> Result<(), TestingError> {
    let path = folder.path().join(name);
    let write = || {
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
    };
    write().map_err(TestingError::system("write a file of the test server"))?;
    folder.give(&path)
}

/// The setting is a list: a folder with a comma or a space in its name has to be quoted.
fn socket_setting(directory: &Path) -> OsString {
    let mut setting = b"unix_socket_directories=\"".to_vec();
    for byte in directory.as_os_str().as_bytes() {
        if *byte == b'"' {
            setting.push(b'"');
        }
        setting.push(*byte);
    }
    setting.push(b'"');
    OsStr::from_bytes(&setting).to_owned()
}
