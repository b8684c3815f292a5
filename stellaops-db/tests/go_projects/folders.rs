//! Folders: what is read, and what never is.

use std::fs;

use stellaops_db::demo::go::{ProjectError, ProjectFiles};

#[test]
fn folders_that_are_no_project_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = || ProjectFiles::read_folder(folder.path());
    assert!(matches!(read(), Err(ProjectError::NotAProject { .. })));
    let missing = ProjectFiles::read_folder(&folder.path().join("missing"));
    assert!(matches!(missing, Err(ProjectError::Unreadable { .. })));
    fs::create_dir(folder.path().join("go.mod")).expect("a directory");
    assert!(matches!(read(), Err(ProjectError::NotAFile { path }) if path == "go.mod"));
    fs::remove_dir(folder.path().join("go.mod")).expect("removed");
    fs::write(folder.path().join("go.mod"), b"module a\xff").expect("written");
    assert!(matches!(read(), Err(ProjectError::NotText { path }) if path == "go.mod"));
    let large = fs::File::create(folder.path().join("go.mod")).expect("a file");
    large.set_len(16 * 1024 * 1024 + 1).expect("made large");
    assert!(matches!(read(), Err(ProjectError::TooLarge { path }) if path == "go.mod"));
}

#[cfg(unix)]
#[test]
fn nothing_outside_of_the_folder_is_read() {
    use std::os::unix::fs::symlink;

    let outer = tempfile::tempdir().expect("a folder");
    let folder = outer.path().join("project");
    fs::create_dir_all(folder.join("inside")).expect("folders");
    fs::create_dir(outer.path().join("outside")).expect("a folder");
    fs::write(outer.path().join("outside/go.mod"), "module secret").expect("written");
    fs::write(folder.join("inside/go.mod"), "module inside").expect("written");
    fs::write(
        folder.join("go.work"),
        "use ./inside\nuse ../outside\nreplace x => ../outside\n",
    )
    .expect("written");
    let read = ProjectFiles::read_folder(&folder).expect("readable");
    assert_eq!(
        read.iter().map(|(path, _)| path).collect::<Vec<_>>(),
        ["go.work", "inside/go.mod"]
    );
    symlink(outer.path().join("outside"), folder.join("linked")).expect("a link");
    fs::write(folder.join("go.work"), "use ./linked").expect("written");
    let refused = ProjectFiles::read_folder(&folder);
    assert!(matches!(refused, Err(ProjectError::LeavesFolder { path }) if path == "linked/go.mod"));
    fs::remove_file(folder.join("linked")).expect("removed");
    symlink(folder.join("inside"), folder.join("linked")).expect("a link");
    let read = ProjectFiles::read_folder(&folder).expect("a link within the folder is followed");
    assert_eq!(read.text("linked/go.mod"), Some("module inside"));
}
