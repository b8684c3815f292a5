//! Who the server runs as: PostgreSQL refuses to run as root.

use std::{
    io,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

/// The user a server of ours runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerAccount {
    /// The user of this process.
    Ours { uid: u32 },
    /// Another one, since this process is root's.
    Other { uid: u32, gid: u32 },
}

impl ServerAccount {
    /// Chooses `postgres`, else `nobody`, when this process is root's.
    pub(crate) fn choose() -> io::Result<Self> {
        let uid = own_uid()?;
        if uid != 0 {
            return Ok(Self::Ours { uid });
        }
        for name in ["postgres", "nobody"] {
            if let (Some(uid @ 1..), Some(gid)) = (id("-u", name), id("-g", name)) {
                return Ok(Self::Other { uid, gid });
            }
        }
        Ok(Self::Other {
            uid: 65534,
            gid: 65534,
        })
    }

    /// Whether this process is root's.
    pub(crate) fn is_other(self) -> bool {
        matches!(self, Self::Other { .. })
    }

    /// The user of this process.
    pub(crate) fn owner_uid(self) -> u32 {
        match self {
            Self::Ours { uid } => uid,
            Self::Other { .. } => 0,
        }
    }

    /// A command that this user runs, in a folder that everybody may enter and without PostgreSQL's variables.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes the account the owner of a folder.
    pub(crate) fn take(self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Ours { .. } => Ok(()),
            Self::Other { uid, gid } => std::os::unix::fs::chown(folder, Some(uid), Some(gid)),
        }
    }

    /// Whether the account can enter a folder, through all the folders above it.
    pub(crate) fn can_enter(self, folder: &Path) -> bool {
        let status = self
            .command(Path::new("/bin/sh"))
            .arg("-c")
            .arg("test -x \"$0\"")
            .arg(folder)
            .status();
        status.is_ok_and(|status| status.success())
    }
}

/// The effective user, seen as the owner of a new file: the standard library has no call for it.
fn own_uid() -> io::Result<u32> {
    Ok(tempfile::tempfile()?.metadata()?.uid())
}

fn id(question: &str, name: &str) -> Option<u32> {
    let output = Command::new("id")
        .args([question, name])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
