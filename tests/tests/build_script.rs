//! The public build script, run by Cargo on small workspaces: `orders` has the specs, `service`
//! depends on it, `unrelated` on nothing. Each test adds its name to those of the packages, because
//! Cargo tells packages in one target folder apart by name and version, not by where they are.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test that cannot go on has failed

use std::path::{Path, PathBuf};
use std::process::Command;

use stellaops_db_spec::generate::generated_folder;

/// The repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// Of this name is the variable that asks for a mode.
const MODE: &str = "STELLAOPS_DB_GENERATED";

/// A workspace of its own in Cargo's folder for tests, made anew. All share one target folder, so
/// that the spec crate is compiled once.
struct Workspace {
    root: PathBuf,
    name: &'static str,
}

impl Workspace {
    /// With the specs that `stellaops-db init` makes, a symbolic link to them in the package, and an
    /// empty file in `generated/`, as a checkout has files there.
    fn new(name: &'static str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("build-script")
            .join(name);
        if root.exists() {
            std::fs::remove_dir_all(&root).unwrap();
        }
        let workspace = Workspace { root, name };
        workspace.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"orders\", \"service\", \"unrelated\"]\n",
        );
        workspace.package(
            "orders",
            &format!("[build-dependencies]\nstellaops-db-spec = {{ path = '{ROOT}/stellaops-db-spec' }}"),
        );
        workspace.package(
            "service",
            &format!("[dependencies]\norders-{name} = {{ path = '../orders' }}"),
        );
        workspace.package("unrelated", "");
        workspace.write(
            "orders/build.rs",
            "fn main() -> std::process::ExitCode { stellaops_db_spec::generate::build_script() }\n",
        );
        for (from, to) in [
            ("database", "database"),
            ("schema", "shop/schema"),
            ("orders", "shop/orders"),
        ] {
            let text =
                std::fs::read_to_string(format!("{ROOT}/stellaops-db/src/cli/starter/{from}.toml")).unwrap();
            workspace.write(&format!("specs/{to}.toml"), &text);
        }
        std::os::unix::fs::symlink("../specs", workspace.path("orders/specs")).unwrap();
        workspace.write("generated/RULES.md", "");
        // The same versions as the repository's, which are there without a network.
        std::fs::copy(format!("{ROOT}/Cargo.lock"), workspace.path("Cargo.lock")).unwrap();
        workspace
    }

    fn package(&self, folder: &str, dependencies: &str) {
        let head = format!(
            "[package]\nname = \"{folder}-{}\"\nedition = \"2024\"\n",
            self.name
        );
        self.write(
            &format!("{folder}/Cargo.toml"),
            &format!("{head}{dependencies}\n"),
        );
        self.write(&format!("{folder}/src/lib.rs"), "");
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    /// Replaces a part, which must be there, of a file.
    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.write(path, &text.replace(from, to));
    }

    /// `cargo build` with these variables and no others that the build script reads.
    fn build(&self, variables: &[(&str, &str)]) -> Built {
        let mut cargo = Command::new(env!("CARGO"));
        for variable in ["CI", MODE, "STELLAOPS_DB_SPECS", "DOCS_RS"] {
            cargo.env_remove(variable);
        }
        cargo.args([
            "build",
            "--offline",
            "--workspace",
            "-v",
            "--color=never",
            "--target-dir",
        ]);
        cargo.arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-script-target"));
        let output = cargo
            .current_dir(&self.root)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        Built {
            succeeded: output.status.success(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
            name: self.name,
        }
    }

    /// Every generated file with its text, sorted.
    fn generated(&self) -> Vec<(PathBuf, String)> {
        let files = |folder: &str| {
            let entries = std::fs::read_dir(self.path(folder))
                .into_iter()
                .flatten()
                .flatten();
            entries
                .map(|entry| entry.path())
                .filter(|path| path.is_file())
                .collect::<Vec<_>>()
        };
        let mut paths = [files("generated"), files("generated/schemas")].concat();
        paths.sort();
        paths
            .into_iter()
            .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
            .collect()
    }
}

/// What Cargo said.
struct Built {
    succeeded: bool,
    said: String,
    name: &'static str,
}

impl Built {
    #[track_caller]
    fn assert_green(&self) -> &Self {
        assert!(self.succeeded, "{}", self.said);
        self
    }

    /// The build failed with these words in Cargo's own errors, and without a panic.
    #[track_caller]
    fn assert_red(&self, words: &[&str]) {
        assert!(
            !self.succeeded && !self.said.contains("panicked"),
            "{}",
            self.said
        );
        let mark = format!("error: orders-{}@", self.name);
        let errors: String = self.said.lines().filter(|line| line.starts_with(&mark)).collect();
        for word in words {
            assert!(errors.contains(word), "no error says `{word}`:\n{}", self.said);
        }
    }

    /// Exactly these packages of the workspace were compiled; the others and the spec crate were not.
    #[track_caller]
    fn assert_compiled(&self, packages: &[&str]) {
        self.assert_green();
        assert!(self.said.contains("Fresh stellaops-db-spec v"), "{}", self.said);
        for package in ["orders", "service", "unrelated"] {
            let word = if packages.contains(&package) {
                "Compiling"
            } else {
                "Fresh"
            };
            let line = format!("{word} {package}-{} v", self.name);
            assert!(self.said.contains(&line), "expected `{line}`:\n{}", self.said);
        }
    }
}

#[test]
fn editing_a_spec_regenerates_and_rebuilds_only_what_depends_on_it() {
    let workspace = Workspace::new("edit");
    workspace.build(&[]).assert_green();
    assert!(
        workspace
            .read("generated/schemas/shop.sql")
            .contains("CREATE TABLE")
    );
    // Not even what was just written makes the next build run anything again.
    workspace.build(&[]).assert_compiled(&[]);

    workspace.edit("specs/shop/orders.toml", "[columns.note]", "[columns.remark]");
    workspace.build(&[]).assert_compiled(&["orders", "service"]);
    assert!(workspace.read("generated/schemas/shop.sql").contains("remark"));
    workspace.build(&[]).assert_compiled(&[]);
}

#[test]
fn new_and_deleted_specs_are_seen() {
    let workspace = Workspace::new("new");
    workspace.build(&[]).assert_green();
    let orders = workspace.read("specs/shop/orders.toml");
    workspace.write("specs/billing/schema.toml", "summary = \"Bills.\"\n");
    workspace.build(&[]).assert_compiled(&["orders", "service"]);
    workspace.write("specs/billing/invoices.toml", &orders);
    workspace.build(&[]).assert_compiled(&["orders", "service"]);
    assert!(
        workspace
            .read("generated/schemas/billing.sql")
            .contains("invoices")
    );

    std::fs::remove_file(workspace.path("specs/billing/invoices.toml")).unwrap();
    workspace.build(&[]).assert_compiled(&["orders", "service"]);
    assert!(
        !workspace
            .read("generated/schemas/billing.sql")
            .contains("invoices")
    );
    std::fs::remove_dir_all(workspace.path("specs/billing")).unwrap();
    workspace.build(&[]).assert_compiled(&["orders", "service"]);
    assert!(!workspace.path("generated/schemas/billing.sql").exists());
}

#[test]
fn an_edited_spec_turns_the_check_red_and_nothing_is_written() {
    let workspace = Workspace::new("check");
    workspace.build(&[]).assert_green();
    workspace.build(&[("CI", "true")]).assert_green();
    workspace.edit("specs/shop/orders.toml", "max_length = 40", "max_length = 41");
    let before = workspace.generated();
    for variable in [("CI", "true"), (MODE, "check")] {
        let red = workspace.build(&[variable]);
        red.assert_red(&[
            "schemas/shop.sql:",
            "differs from here on",
            "run `stellaops-db generate`",
        ]);
        assert_eq!(workspace.generated(), before);
    }
    workspace.build(&[("CI", "true"), (MODE, "write")]).assert_green();
    assert_ne!(workspace.generated(), before);
    workspace.build(&[("CI", "true")]).assert_green();
}

#[test]
fn a_generated_file_edited_by_hand_is_mended_or_refused() {
    let workspace = Workspace::new("by-hand");
    workspace.build(&[(MODE, "write")]).assert_green();
    let right = workspace.generated();
    workspace.edit(
        "generated/schemas/shop.sql",
        "CREATE TABLE",
        "CREATE UNLOGGED TABLE",
    );
    workspace
        .build(&[(MODE, "write")])
        .assert_compiled(&["orders", "service"]);
    assert_eq!(workspace.generated(), right);
    std::fs::remove_file(workspace.path("generated/SPECIFICATION.md")).unwrap();
    workspace
        .build(&[(MODE, "write")])
        .assert_compiled(&["orders", "service"]);
    assert_eq!(workspace.generated(), right);

    // The check was green before, and no spec was edited since.
    workspace.build(&[(MODE, "check")]).assert_green();
    workspace.edit(
        "generated/schemas/shop.sql",
        "CREATE TABLE",
        "CREATE UNLOGGED TABLE",
    );
    workspace
        .build(&[(MODE, "check")])
        .assert_red(&["schemas/shop.sql:"]);
}

#[test]
fn faults_of_the_specs_are_cargos_own_errors() {
    let workspace = Workspace::new("faults");
    workspace.edit(
        "specs/shop/orders.toml",
        "tenancy = \"tenant\"",
        "tenancy = \"tennant\"",
    );
    workspace.edit("specs/shop/schema.toml", "service", "serivce");
    let red = workspace.build(&[]);
    red.assert_red(&[
        "SDB0005",
        "specs/shop/orders.toml:",
        "SDB0002",
        "specs/shop/schema.toml:",
        "2 faults in the specs",
    ]);
    assert_eq!(workspace.generated().len(), 1);
}

#[test]
fn a_misspelt_mode_is_refused() {
    let workspace = Workspace::new("mode");
    workspace.build(&[(MODE, "chekc")]).assert_red(&[
        "STELLAOPS_DB_GENERATED is `chekc`",
        "`check`",
        "`write`",
    ]);
    assert_eq!(workspace.generated().len(), 1);
}

#[test]
fn sources_that_are_not_ones_own_are_never_written_and_never_fail() {
    // Cargo leaves the first in what it unpacks or checks out, the second in what it vendors.
    for (name, mark) in [
        ("registry", "orders/.cargo-ok"),
        ("git", ".cargo-ok"),
        ("vendor", "orders/.cargo-checksum.json"),
    ] {
        let workspace = Workspace::new(name);
        workspace.write(mark, "");
        workspace.build(&[(MODE, "check")]).assert_green();
        workspace.build(&[(MODE, "write")]).assert_green();
        assert_eq!(workspace.generated().len(), 1, "{name}");
    }
    let workspace = Workspace::new("docs-rs");
    workspace
        .build(&[("DOCS_RS", "1"), (MODE, "check")])
        .assert_green();
    assert_eq!(workspace.generated().len(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_a_warning() {
    let workspace = Workspace::new("unwritable");
    // Whoever runs the test may be allowed everything; a file in place of a folder refuses them too.
    workspace.write("generated/schemas", "");
    let built = workspace.build(&[]);
    assert!(
        built.assert_green().said.contains("cannot be written here"),
        "{}",
        built.said
    );
}

#[test]
fn the_folder_is_beside_the_specs_as_they_really_are() {
    let workspace = Workspace::new("layouts");
    let root = workspace.root.canonicalize().unwrap();
    let at_root = Some(root.join("generated"));
    assert_eq!(generated_folder(&workspace.path("specs")), at_root);
    assert_eq!(generated_folder(&workspace.path("orders/specs")), at_root);
    workspace.write("service/specs/database.toml", "");
    assert_eq!(generated_folder(&workspace.path("service/specs")), None);
    workspace.write("service/generated/schemas/shop.sql", "");
    assert_eq!(
        generated_folder(&workspace.path("service/specs")),
        Some(root.join("service/generated"))
    );
}
