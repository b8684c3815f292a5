//! The three places where specs may lie, each compiled by Cargo: in the package, at the workspace's
//! root, and at the root with a symbolic link in the package. `notes` has a table, `service` depends
//! on it, `unrelated` on nothing.
// In the helpers of a test, too, an unwrap is an assertion.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

const TABLE: &str = r#"summary = "A note that somebody wrote."
tenancy = "tenant"

[columns.id]
type    = "uuid"
default = "uuid_v7"
doc     = "Made by the client, UUIDv7."

[columns.body]
type = "text"
doc  = "What was written."

[columns.mood]
enum = "mood"

[[waivers]]
rule = "SDB0432"
why  = "the smallest table that there is"
"#;

const SCHEMA: &str = r#"summary = "Notes of many tenants."

[enums.mood]
doc     = "How it was meant."
storage = "text"
values  = ["glad", "sad"]
"#;

const STRUCT: &str = r#"#![deny(warnings)]
use stellaops_db::{DbEnum, Id, Table, TenantId};

#[derive(Debug, Table)]
#[table("desk.notes")]
pub struct Note {
    pub tenant_id: TenantId,
    pub id: Id<Note>,
    pub body: String,
    pub mood: Mood,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("desk.mood")]
pub enum Mood {
    Glad,
    Sad,
}
"#;

#[test]
fn specs_in_the_package() {
    let workspace = Workspace::new("package", "notes/specs");
    workspace.follows_its_specs();
    assert!(workspace.packaged().contains("specs/desk/notes.toml"));
}

#[test]
fn specs_at_the_root_of_the_workspace() {
    Workspace::new("root", "specs").follows_its_specs();
}

#[test]
fn specs_at_the_root_and_a_symbolic_link_in_the_package() {
    let workspace = Workspace::new("link", "specs");
    std::os::unix::fs::symlink("../specs", workspace.root.join("notes/specs")).unwrap();
    workspace.follows_its_specs();
    assert!(workspace.packaged().contains("specs/desk/notes.toml"));
}

#[test]
fn specs_that_are_nowhere_are_missed_in_words() {
    // Above the folder for tests lie the specs of this very repository.
    let elsewhere = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(elsewhere.path().to_path_buf(), "nowhere", "plans");
    workspace.check().assert_red(&[
        "[SDB0101]",
        "there is no `specs/database.toml`",
        "stellaops-db init",
        "src/lib.rs:5:9",
    ]);
}

/// A workspace of its own in Cargo's folder for tests, made anew. All share one target folder, so
/// that the runtime is compiled once.
struct Workspace {
    /// Part of the packages' versions: in one target folder, Cargo takes packages of the same name and
    /// version for the same, wherever their workspaces are.
    layout: &'static str,
    root: PathBuf,
    specs: PathBuf,
}

impl Workspace {
    fn new(layout: &'static str, specs: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("layouts")
            .join(layout);
        if root.exists() {
            std::fs::remove_dir_all(&root).unwrap();
        }
        Workspace::at(root, layout, specs)
    }

    fn at(root: PathBuf, layout: &'static str, specs: &str) -> Self {
        let specs = root.join(specs);
        let workspace = Workspace { layout, root, specs };
        workspace.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"notes\", \"service\", \"unrelated\"]\n\n[profile.dev]\ndebug = false\n",
        );
        workspace.package(
            "notes",
            &format!("stellaops-db = {{ path = '{ROOT}/stellaops-db', version = '*' }}"),
            STRUCT,
        );
        workspace.package(
            "service",
            "notes = { path = '../notes' }",
            "pub use notes::Note;\n",
        );
        workspace.package("unrelated", "", "");
        for (file, text) in [
            (
                "database.toml",
                "spec_version = 1\nname = \"desk\"\nsummary = \"A desk.\"\n",
            ),
            ("desk/schema.toml", SCHEMA),
            ("desk/notes.toml", TABLE),
        ] {
            write(&workspace.specs.join(file), text);
        }
        // The same versions as the repository's, which are there without a network.
        std::fs::copy(format!("{ROOT}/Cargo.lock"), workspace.root.join("Cargo.lock")).unwrap();
        workspace
    }

    fn package(&self, name: &str, dependencies: &str, code: &str) {
        let head = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0-{}\"\nedition = \"2024\"\ndescription = \"A test.\"\nlicense = \"MIT\"\n",
            self.layout
        );
        self.write(
            &format!("{name}/Cargo.toml"),
            &format!("{head}[dependencies]\n{dependencies}\n"),
        );
        self.write(&format!("{name}/src/lib.rs"), code);
    }

    fn write(&self, path: &str, text: &str) {
        write(&self.root.join(path), text);
    }

    fn edit_spec(&self, file: &str, from: &str, to: &str) {
        edit(&self.specs.join(file), from, to);
    }

    fn check(&self) -> Checked {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("layouts-target");
        let mut cargo = self.cargo(&["check", "--workspace", "-v"]);
        let output = cargo.env("CARGO_TARGET_DIR", target).output().unwrap();
        Checked {
            succeeded: output.status.success(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The files that `notes` would be published with.
    fn packaged(&self) -> String {
        let output = self
            .cargo(&["package", "--package", "notes", "--list", "--allow-dirty"])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Cargo, without the variables that say where specs and targets are.
    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        for variable in [
            "CARGO_TARGET_DIR",
            "RUSTFLAGS",
            "STELLAOPS_DB_SPECS",
            "STELLAOPS_DB_GENERATED",
        ] {
            cargo.env_remove(variable);
        }
        cargo
            .args(arguments)
            .args(["--offline", "--color=never"])
            .current_dir(&self.root);
        cargo
    }

    /// What a user of any layout sees, from the first check to a mended mistake.
    fn follows_its_specs(&self) {
        self.check().assert_green();
        self.check().assert_compiled(&[]);

        self.edit_spec("desk/notes.toml", "What was written.", "What somebody wrote.");
        self.check().assert_compiled(&["notes", "service"]);
        self.edit_spec("desk/schema.toml", "How it was meant.", "How somebody meant it.");
        self.check().assert_compiled(&["notes", "service"]);
        self.check().assert_compiled(&[]);

        self.edit_spec("desk/notes.toml", "[columns.body]", "[columns.text]");
        self.check().assert_red(&[
            "[SDB0112] `desk.notes` has no column `body`",
            "`text`",
            "src/lib.rs:9:9",
        ]);
        edit(&self.root.join("notes/src/lib.rs"), "pub body", "pub text");
        self.check().assert_compiled(&["notes", "service"]);
    }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Replaces a part, which must be there, of a file.
fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "`{from}` is not in {}", path.display());
    std::fs::write(path, text.replace(from, to)).unwrap();
}

/// What Cargo said.
struct Checked {
    succeeded: bool,
    said: String,
}

impl Checked {
    #[track_caller]
    fn assert_green(&self) {
        assert!(self.succeeded, "{}", self.said);
    }

    /// Exactly these packages of the workspace were compiled; the others and the runtime were not.
    #[track_caller]
    fn assert_compiled(&self, packages: &[&str]) {
        self.assert_green();
        for package in ["notes", "service", "unrelated", "stellaops-db"] {
            let word = if packages.contains(&package) {
                "Checking"
            } else {
                "Fresh"
            };
            let line = format!("{word} {package} v");
            assert!(self.said.contains(&line), "expected `{line}`:\n{}", self.said);
        }
    }

    /// The check failed, and the compiler said these words and no others of its own.
    #[track_caller]
    fn assert_red(&self, words: &[&str]) {
        assert!(
            !self.succeeded && !self.said.contains("panicked"),
            "{}",
            self.said
        );
        for word in words {
            assert!(self.said.contains(word), "nothing says `{word}`:\n{}", self.said);
        }
        let of_rustc = self.said.lines().find(|line| line.starts_with("error[E"));
        assert_eq!(of_rustc, None, "{}", self.said);
    }
}
