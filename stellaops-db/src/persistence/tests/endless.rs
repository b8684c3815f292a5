//! Whatever a path leads to, reading it ends.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::*;

/// What a reader gives; one that waits for ever fails the test instead.
fn in_time<R: Send + 'static>(read: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(read()));
    let read = receiver.recv_timeout(Duration::from_secs(10));
    read.expect("it does not wait")
}

/// A pipe that nobody writes to, and a link to what never ends.
fn endless(folder: &Path) -> [PathBuf; 2] {
    let [pipe, device] = ["pipe", "device"].map(|name| folder.join(name));
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo is there").success());
    std::os::unix::fs::symlink("/dev/zero", &device).expect("is linked");
    [pipe, device]
}

#[test]
fn a_configuration_is_a_regular_file_of_bounded_length() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in endless(folder.path()) {
        let read = in_time(move || Persistence::from_file(path));
        assert!(
            matches!(read, Err(PersistenceError::NotRegular { .. })),
            "{read:?}"
        );
    }
    let long = folder.path().join("long");
    std::fs::write(&long, "é".repeat(document::LONGEST)).expect("is written");
    let read = Persistence::from_file(&long);
    assert!(matches!(read, Err(PersistenceError::TooLong { .. })), "{read:?}");
    let [file, link] = ["persistence.yaml", "link.yaml"].map(|name| folder.path().join(name));
    std::fs::write(&file, whole("")).expect("is written");
    std::os::unix::fs::symlink(&file, &link).expect("is linked");
    assert!(Persistence::from_file(&link).is_ok(), "links are followed");
}

#[test]
fn a_secret_is_a_regular_file_of_bounded_length() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in endless(folder.path()) {
        let reference = reference::Reference::File(path);
        let read = in_time(move || reference.resolve(Path::new(""), &|_| None));
        let (message, _) = read.expect_err("is refused");
        assert!(message.ends_with("is no regular file"), "{message}");
    }
}
