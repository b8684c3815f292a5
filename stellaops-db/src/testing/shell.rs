//! What runs for a test: in a folder of its own, owned by a shell that outlives us just long enough to clean up.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use super::{account::ServerAccount, error::TestingError};

/// Addresses of Unix sockets end at 107 bytes; this leaves room for our folder and for the server's lock file.
const LONGEST_BASE: usize = 60;

/// A new folder with a short name, and whoever runs something in it.
pub(super) struct Folder {
    pub(super) account: ServerAccount,
    directory: tempfile::TempDir,
}

/// A shell, and the folder that it removes when its standard input is closed: when this is dropped, and when the
/// process ends in any way.
pub(super) struct Shell {
    pub(super) directory: PathBuf,
    pub(super) child: Child,
}

impl Folder {
    /// Makes one that nobody else can enter: whoever can reach a socket in it is the superuser.
    pub(super) fn make() -> Result<Self, TestingError> {
        let account =
            ServerAccount::choose().map_err(TestingError::system("tell the user of this process"))?;
        let directory = tempfile::Builder::new()
            .prefix("sdb-")
            .rand_bytes(10)
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(base_folder(account))
            .map_err(TestingError::system("make a folder for a test"))?;
        let folder = Folder { account, directory };
        folder.give(folder.path())?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Gives the folder, or a file in it, to whoever runs something here.
    pub(super) fn give(&self, path: &Path) -> Result<(), TestingError> {
        self.account.take(path).map_err(TestingError::system(
            "give files of a test to the user that needs them",
        ))
    }

    /// Starts a shell of that name. The script's arguments are the folder, and then these.
    pub(super) fn run(
        self,
        name: &str,
        script: &str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Shell, TestingError> {
        let mut command = self.account.command(Path::new("/bin/sh"));
        command
            .args(["-c", script, name])
            .arg(self.path())
            .args(arguments);
        // A group of its own: Ctrl-C in a terminal reaches the tests, and the shell learns of it through the pipe.
        command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn().map_err(TestingError::system("run /bin/sh"))?;
        Ok(Shell {
            // From here on the shell removes it.
            directory: self.directory.keep(),
            child,
        })
    }
}

/// All that the program in a folder has logged.
pub(super) fn log(directory: &Path) -> String {
    let log = fs::read(directory.join("log"));
    log.map_or(String::new(), |log| String::from_utf8_lossy(&log).into_owned())
}

/// A folder with a short name that the account can enter.
fn base_folder(account: ServerAccount) -> PathBuf {
    let wanted = std::env::temp_dir();
    let short = wanted.as_os_str().len() <= LONGEST_BASE;
    if short && account.can_enter(&wanted) {
        wanted
    } else {
        PathBuf::from("/tmp")
    }
}
