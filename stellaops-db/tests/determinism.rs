//! The same specs give the same bytes: in another process, locale, time zone and folder, and
//! whatever the order in which the files were made.
#![cfg(feature = "cli")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the workspace")
        .into()
}

/// Every file below a folder: relative path to bytes.
fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let relative = path.strip_prefix(folder).expect("below the folder").into();
                found.insert(relative, std::fs::read(path).expect("a file"));
            }
        }
    }
    found
}

/// Generates into a new folder, in a process with these variables alone.
fn generate(specs: &Path, environment: &[(&str, &str)]) -> BTreeMap<PathBuf, Vec<u8>> {
    let output = tempfile::tempdir().expect("a folder");
    let done = Command::new(env!("CARGO_BIN_EXE_stellaops-db"))
        .args(["generate", "--specs"])
        .arg(specs)
        .arg("--output")
        .arg(output.path())
        .env_clear()
        .envs(environment.iter().copied())
        .current_dir(output.path())
        .output()
        .expect("the command runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    files_below(output.path())
}

#[test]
fn the_committed_files_are_what_any_process_locale_and_time_zone_generates() {
    let specs = workspace().join("specs");
    let committed = files_below(&workspace().join("generated"));
    for environment in [
        &[("LC_ALL", "C"), ("TZ", "UTC")][..],
        &[
            ("LC_ALL", "tr_TR.UTF-8"),
            ("LANG", "tr_TR.UTF-8"),
            ("TZ", "Asia/Kolkata"),
        ],
        &[
            ("LC_ALL", "de_DE.ISO-8859-1"),
            ("TZ", "America/St_Johns"),
            ("COLUMNS", "20"),
        ],
    ] {
        let generated = generate(&specs, environment);
        let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        for (path, bytes) in &generated {
            assert!(
                committed.get(path) == Some(bytes),
                "{} differs under {environment:?}",
                path.display()
            );
        }
        assert!(names(&generated).len() >= 3, "{:?}", names(&generated));
    }
}

#[test]
fn the_order_in_which_files_were_made_and_their_folder_do_not_matter() {
    let specs = workspace().join("specs");
    let copy = tempfile::tempdir().expect("a folder");
    // Directory listings follow the order of creation on some file systems: reversed here.
    for (path, bytes) in files_below(&specs).into_iter().rev() {
        let target = copy.path().join("somewhere/else/specs").join(path);
        std::fs::create_dir_all(target.parent().expect("a parent")).expect("folders");
        std::fs::write(target, bytes).expect("a file");
    }
    let moved = generate(&copy.path().join("somewhere/else/specs"), &[("LC_ALL", "C")]);
    assert!(moved == generate(&specs, &[("LC_ALL", "C")]));
}
