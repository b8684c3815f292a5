//! The command, driven as people and machines drive it: as a process.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // a test that cannot go on has failed

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const COMMANDS: [&str; 6] = ["init", "check", "generate", "explain", "scaffold", "demo"];

/// What a run of the command gave.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    /// The exit code and standard output as JSON; standard error is empty.
    fn json(&self) -> (i32, Value) {
        assert_eq!(self.err, "");
        (
            self.code,
            serde_json::from_str(&self.out).expect("standard output is one JSON document"),
        )
    }

    fn assert_said(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        let said = if code < 2 { &self.out } else { &self.err };
        for part in parts {
            assert!(said.contains(part), "nothing says `{part}`:\n{said}");
        }
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stellaops-db"));
    command.current_dir(folder).args(arguments);
    for variable in ["STELLAOPS_DB_SPECS", "CLICOLOR_FORCE", "NO_COLOR", "COLUMNS"] {
        command.env_remove(variable);
    }
    command
}

fn finish(command: &mut Command) -> Ran {
    let output = command.output().expect("the command starts");
    let text = |bytes| String::from_utf8(bytes).expect("the command prints UTF-8");
    Ran {
        code: output.status.code().expect("the command ends by itself"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    finish(&mut command(folder, arguments))
}

/// A folder in which `init` was run.
fn initialised() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init"]).assert_said(0, &[]);
    folder
}

/// Replaces a part, which must be there, of a file.
fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "`{from}` is not in {}", path.display());
    std::fs::write(path, text.replace(from, to)).unwrap();
}

/// Every file below the folder, with its bytes, sorted.
fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(snapshot(&path));
        } else {
            files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

/// The `state` of each generated file in an answer of `generate`.
fn states<'a>(answer: &'a Value) -> Vec<(&'a str, &'a str)> {
    let files = answer["files"].as_array().expect("a list of files");
    let state = |file: &'a Value| (file["path"].as_str().unwrap(), file["state"].as_str().unwrap());
    files.iter().map(state).collect()
}

#[test]
fn help_teaches_every_command_with_examples_and_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let help = run(folder.path(), &["--help"]);
    help.assert_said(
        0,
        &[
            "Examples:",
            "Exit codes:",
            "  0  ",
            "  1  ",
            "  2  ",
            "  3  ",
            "STELLAOPS_DB_SPECS",
        ],
    );
    for name in COMMANDS {
        help.assert_said(0, &[&format!("\n  {name}")]);
        let own = run(folder.path(), &[name, "--help"]);
        own.assert_said(
            0,
            &[
                "Examples:",
                &format!("\n  stellaops-db {name}"),
                "Exit codes: 0 ",
                "--specs <PATH>",
            ],
        );
    }
}

#[test]
fn version_is_the_packages() {
    let folder = tempfile::tempdir().unwrap();
    let version = run(folder.path(), &["--version"]);
    assert_eq!(
        version.out,
        concat!("stellaops-db ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn wrong_usage_exits_with_2_and_prints_to_standard_error_only() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [&[&str]; 7] = [
        &[],
        &["chek"],
        &["check", "extra"],
        &["generate", "--chek"],
        &["check", "--format", "yaml"],
        &["explain", "SDB0001", "SDB0002"],
        &["init", "here", "--specs", "there"],
    ];
    for arguments in cases {
        let ran = run(folder.path(), arguments);
        ran.assert_said(2, &["--help"]);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
    assert_eq!(snapshot(folder.path()), []);
}

#[test]
fn what_init_makes_passes_check_and_generate() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["init", "deep/below"]);
    made.assert_said(
        0,
        &[
            "specs/shop/orders.toml",
            "generated/schemas/shop.sql",
            ".taplo.toml",
            "build.rs",
        ],
    );
    let place = folder.path().join("deep/below");
    run(&place, &["check"]).assert_said(0, &["1 table in 1 schema"]);
    run(&place, &["generate", "--check"]).assert_said(0, &["all up to date"]);
    run(&place, &["generate"]).assert_said(0, &["all up to date"]);
}

#[test]
fn init_lists_what_is_in_the_way_and_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("specs/shop")).unwrap();
    std::fs::write(folder.path().join("specs/shop/orders.toml"), "mine").unwrap();
    let before = snapshot(folder.path());
    let ran = run(folder.path(), &["init"]);
    ran.assert_said(1, &["nothing was written", "  specs/shop/orders.toml\n"]);
    assert!(!ran.out.contains("database.toml"), "{}", ran.out);
    let (code, answer) = run(folder.path(), &["init", "--format", "json"]).json();
    assert_eq!((code, &answer["outcome"]), (1, &"in_the_way".into()));
    assert_eq!(answer["files"], serde_json::json!(["specs/shop/orders.toml"]));
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn init_keeps_editor_settings_and_says_what_to_add() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".taplo.toml"), "# mine\n").unwrap();
    run(folder.path(), &["init"]).assert_said(0, &["kept    .taplo.toml", "generated/spec.schema.json\"\n"]);
    assert_eq!(
        std::fs::read_to_string(folder.path().join(".taplo.toml")).unwrap(),
        "# mine\n"
    );
}

#[test]
fn init_makes_the_specs_folder_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (code, answer) = run(
        folder.path(),
        &["init", "--specs", "data/tables", "--format", "json"],
    )
    .json();
    assert_eq!((code, &answer["outcome"]), (0, &"created".into()));
    assert!(folder.path().join("data/tables/database.toml").is_file());
    run(folder.path(), &["generate", "--check", "--specs", "data/tables"]).assert_said(0, &[]);
}

#[test]
fn init_that_cannot_write_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    // A file where `generated/` must be made: the specs before it can be written, the rest cannot.
    std::fs::write(folder.path().join("generated"), "").unwrap();
    run(folder.path(), &["init"]).assert_said(3, &["error: ", "generated"]);
    assert!(!folder.path().join("specs/database.toml").exists());
}

#[test]
fn check_shows_every_fault_of_every_file_with_its_place() {
    let folder = initialised();
    let specs = folder.path().join("specs");
    edit(
        &specs.join("shop/orders.toml"),
        "type = \"bigint\"",
        "type = \"money\"",
    );
    edit(
        &specs.join("shop/orders.toml"),
        "order = [\"created_at desc\"]",
        "order = [\"created desc\"]",
    );
    edit(&specs.join("shop/schema.toml"), "service", "serivce");
    let ran = run(folder.path(), &["check"]);
    ran.assert_said(
        1,
        &[
            "specs/shop/orders.toml:",
            "specs/shop/schema.toml:",
            "stellaops-db explain SDB",
        ],
    );
    let (code, answer) = run(folder.path(), &["check", "--format", "json"]).json();
    assert_eq!(
        (code, &answer["tables"], &answer["schemas"]),
        (1, &1.into(), &1.into())
    );
    let faults = answer["faults"].as_array().unwrap();
    assert!(faults.len() >= 2, "{faults:?}");
    for fault in faults {
        assert!(fault["code"].as_str().unwrap().starts_with("SDB"), "{fault}");
        assert!(
            fault["line"].as_u64().unwrap() > 1 && !fault["help"].as_str().unwrap().is_empty(),
            "{fault}"
        );
    }
    let files: Vec<_> = faults
        .iter()
        .map(|fault| fault["file"].as_str().unwrap())
        .collect();
    assert!(
        files.contains(&"specs/shop/orders.toml") && files.contains(&"specs/shop/schema.toml"),
        "{files:?}"
    );
}

#[test]
fn check_of_good_specs_gives_an_empty_list_of_faults() {
    let (code, answer) = run(initialised().path(), &["check", "--format", "json"]).json();
    assert_eq!(code, 0);
    assert_eq!(
        answer,
        serde_json::json!({ "faults": [], "schemas": 1, "tables": 1, "waivers": [] })
    );
}

#[test]
fn check_lists_the_waivers_in_force() {
    let folder = initialised();
    let orders = folder.path().join("specs/shop/orders.toml");
    let mut text = std::fs::read_to_string(&orders).unwrap();
    text.push_str(
        r#"
[[indexes]]
name   = "by_status"
pinned = ["status"]
why    = "count the orders of one status"

[[waivers]]
rule = "SDB0508"
why  = "the counter reads the short index"
"#,
    );
    std::fs::write(&orders, &text).unwrap();
    run(folder.path(), &["check"]).assert_said(
        0,
        &[
            "no fault",
            "waived: SDB0508 for shop.orders (specs/shop/orders.toml:",
            "the counter reads the short index",
        ],
    );
    let (code, answer) = run(folder.path(), &["check", "--format", "json"]).json();
    let waivers = answer["waivers"].as_array().unwrap();
    assert_eq!((code, waivers.len()), (0, 1));
    assert_eq!(waivers[0]["table"], "shop.orders");
    assert_eq!(waivers[0]["code"], "SDB0508");
    assert_eq!(waivers[0]["why"], "the counter reads the short index");
}

#[test]
fn specs_are_found_upward_or_by_variable_or_by_argument() {
    let (good, faulty) = (initialised(), initialised());
    edit(
        &faulty.path().join("specs/database.toml"),
        "spec_version = 1",
        "spec_version = 9",
    );
    let nowhere = tempfile::tempdir().unwrap();
    let (good_path, faulty_path) = (good.path().to_str().unwrap(), faulty.path().to_str().unwrap());

    run(&good.path().join("specs/shop"), &["check"]).assert_said(0, &[]);
    run(nowhere.path(), &["check", "--specs", good_path]).assert_said(0, &[]);
    run(
        nowhere.path(),
        &["--specs", &format!("{good_path}/specs"), "check"],
    )
    .assert_said(0, &[]);
    let by_variable = |arguments: &[&str]| {
        finish(command(good.path(), arguments).env("STELLAOPS_DB_SPECS", faulty.path().join("specs")))
    };
    by_variable(&["check"]).assert_said(1, &["SDB0007"]);
    by_variable(&["check", "--specs", good_path]).assert_said(0, &[]);
    run(good.path(), &["check", "--specs", faulty_path]).assert_said(1, &["SDB0007"]);
}

#[test]
fn specs_that_cannot_be_read_exit_with_3() {
    let nowhere = tempfile::tempdir().unwrap();
    for name in ["check", "generate"] {
        run(nowhere.path(), &[name]).assert_said(
            3,
            &["error: there is no `specs/database.toml`", "stellaops-db init"],
        );
        // A folder that is named is not looked for further up.
        run(initialised().path(), &[name, "--specs", "specs/shop"]).assert_said(3, &["--specs"]);
    }
    let folder = initialised();
    std::fs::write(folder.path().join("specs/shop/orders.toml"), [0xff]).unwrap();
    run(folder.path(), &["check"]).assert_said(3, &["orders.toml", "cannot be read"]);
}

#[test]
fn generate_writes_what_differs_and_check_only_says_so() {
    let folder = initialised();
    edit(
        &folder.path().join("specs/shop/orders.toml"),
        "max_length = 40",
        "max_length = 41",
    );
    std::fs::remove_file(folder.path().join("generated/SPECIFICATION.md")).unwrap();
    let before = snapshot(folder.path());
    let stale = run(folder.path(), &["generate", "--check"]);
    stale.assert_said(
        1,
        &[
            "schemas/shop.sql:",
            "differs",
            "SPECIFICATION.md: is missing",
            "run `stellaops-db generate`",
        ],
    );
    let (code, answer) = run(folder.path(), &["generate", "--check", "--format", "json"]).json();
    assert_eq!((code, &answer["outcome"]), (1, &"stale".into()));
    assert!(
        states(&answer).contains(&("schemas/shop.sql", "differs")),
        "{answer}"
    );
    assert_eq!(snapshot(folder.path()), before);

    let (code, answer) = run(folder.path(), &["generate", "--format", "json"]).json();
    assert_eq!((code, &answer["outcome"]), (0, &"written".into()));
    assert!(
        states(&answer).contains(&("SPECIFICATION.md", "missing")),
        "{answer}"
    );
    assert!(
        states(&answer).contains(&("schemas/stellaops.sql", "same")),
        "{answer}"
    );
    let (code, answer) = run(folder.path(), &["generate", "--check", "--format", "json"]).json();
    assert_eq!((code, &answer["outcome"]), (0, &"up_to_date".into()));
    assert_ne!(snapshot(folder.path()), before);
}

#[test]
fn generate_removes_sql_that_no_spec_gives_and_keeps_sql_that_was_written_by_hand() {
    let folder = initialised();
    let schemas = folder.path().join("generated/schemas");
    std::fs::write(schemas.join("mine.sql"), "SELECT 1;\n").unwrap();
    run(folder.path(), &["generate", "--check"]).assert_said(0, &[]);
    std::fs::rename(
        folder.path().join("specs/shop"),
        folder.path().join("specs/store"),
    )
    .unwrap();
    run(folder.path(), &["generate", "--check"])
        .assert_said(1, &["schemas/shop.sql: no spec gives this file"]);
    run(folder.path(), &["generate"])
        .assert_said(0, &["removed schemas/shop.sql", "new     schemas/store.sql"]);
    assert!(!schemas.join("shop.sql").exists() && schemas.join("mine.sql").is_file());
}

#[test]
fn generate_writes_to_the_folder_that_is_named() {
    let folder = initialised();
    run(folder.path(), &["generate", "--output", "elsewhere/sql"])
        .assert_said(0, &["new     schemas/shop.sql"]);
    assert!(folder.path().join("elsewhere/sql/schemas/shop.sql").is_file());
    std::fs::write(folder.path().join("file"), "").unwrap();
    run(folder.path(), &["generate", "--output", "file"]).assert_said(3, &["cannot be read or written"]);
}

#[test]
fn generate_from_faulty_specs_writes_nothing() {
    let folder = initialised();
    edit(
        &folder.path().join("specs/shop/orders.toml"),
        "tenancy = \"tenant\"",
        "",
    );
    let before = snapshot(folder.path());
    run(folder.path(), &["generate"]).assert_said(1, &["error[SDB"]);
    let (code, answer) = run(folder.path(), &["generate", "--format", "json"]).json();
    assert_eq!((code, answer["faults"].as_array().unwrap().len()), (1, 1));
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn scaffold_prints_the_struct_of_a_table_and_those_of_a_schema() {
    let folder = initialised();
    let table = run(folder.path(), &["scaffold", "shop.orders"]);
    table.assert_said(
        0,
        &[
            "#[table(\"shop.orders\")]\npub struct Order {",
            "pub tenant_id: TenantId,",
            "#[db_enum(\"shop.",
        ],
    );
    let schema = run(folder.path(), &["scaffold", "shop"]);
    assert_eq!(schema.code, 0);
    for line in table.out.lines().filter(|line| line.starts_with("pub ")) {
        assert!(schema.out.contains(line), "{line}");
    }
    let (code, answer) = run(folder.path(), &["scaffold", "shop.orders", "--format", "json"]).json();
    assert_eq!((code, answer["rust"].as_str()), (0, Some(table.out.as_str())));
}

#[test]
fn scaffold_of_what_the_specs_have_not_names_the_nearest() {
    let folder = initialised();
    run(folder.path(), &["scaffold", "shop.order"])
        .assert_said(1, &["no `shop.order`", "did you mean `shop.orders`?"]);
    run(folder.path(), &["scaffold", "elsewhere.things"])
        .assert_said(1, &["no `elsewhere.things`", "<schema>.<table>"]);
    let (code, answer) = run(folder.path(), &["scaffold", "shpo", "--format", "json"]).json();
    assert_eq!((code, answer["nearest"].as_str()), (1, Some("shop")));
}

#[test]
fn explain_prints_a_rule_however_its_code_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let whole = run(folder.path(), &["explain", "SDB0502"]);
    whole.assert_said(0, &["SDB0502: ", "Wrong:", "Right:", "Enforced:"]);
    for code in ["sdb0502", "502", "0502"] {
        assert_eq!(run(folder.path(), &["explain", code]).out, whole.out);
    }
    let (code, rule) = run(folder.path(), &["explain", "SDB0502", "--format", "json"]).json();
    assert_eq!((code, &rule["code"]), (0, &"SDB0502".into()));
    assert!(
        ["title", "reason", "wrong", "right", "enforced"]
            .iter()
            .all(|key| rule[key].is_string()),
        "{rule}"
    );
}

#[test]
fn explain_without_a_code_lists_all_rules() {
    let folder = tempfile::tempdir().unwrap();
    let list = run(folder.path(), &["explain"]);
    list.assert_said(0, &["SDB0001  ", "SDB0502  "]);
    let (_, rules) = run(folder.path(), &["explain", "--format", "json"]).json();
    let codes: Vec<_> = rules
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["code"].as_str().unwrap())
        .collect();
    let listed: Vec<_> = list
        .out
        .lines()
        .map(|line| line.split("  ").next().unwrap())
        .collect();
    assert_eq!(listed, codes);
}

#[test]
fn explain_of_an_unknown_code_names_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["explain", "SBD0502"])
        .assert_said(1, &["no rule has the code `SBD0502`", "SDB0502: "]);
    run(folder.path(), &["explain", "tenant"]).assert_said(1, &["`stellaops-db explain` lists them all"]);
    let (code, answer) = run(folder.path(), &["explain", "SBD0502", "--format", "json"]).json();
    assert_eq!(
        (code, answer),
        (
            1,
            serde_json::json!({ "unknown": "SBD0502", "nearest": "SDB0502" })
        )
    );
}

#[test]
fn colours_are_not_printed_into_a_pipe_unless_forced() {
    let folder = initialised();
    edit(
        &folder.path().join("specs/shop/orders.toml"),
        "tenancy = \"tenant\"",
        "tenancy = \"tennant\"",
    );
    let escaped = |ran: &Ran| ran.out.contains('\u{1b}') || ran.err.contains('\u{1b}');
    let answers: [(&[&str], i32); 4] = [
        (&["check"], 1),
        (&["check", "--specs", "nowhere"], 3),
        (&["chek"], 2),
        (&["--help"], 0),
    ];
    for (arguments, code) in answers {
        let piped = run(folder.path(), arguments);
        assert!(
            piped.code == code && !escaped(&piped),
            "{arguments:?}: {}{}",
            piped.out,
            piped.err
        );
        let forced = finish(command(folder.path(), arguments).env("CLICOLOR_FORCE", "1"));
        assert!(
            forced.code == code && escaped(&forced),
            "{arguments:?}: {}{}",
            forced.out,
            forced.err
        );
    }
    let json = finish(command(folder.path(), &["check", "--format", "json"]).env("CLICOLOR_FORCE", "1"));
    assert!(!escaped(&json), "{}", json.out);
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &["explain", "--format", "json"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.stderr.is_empty());
}

#[test]
fn demo_refuses_what_it_cannot_read_before_it_starts_a_server() {
    let folder = initialised();
    run(folder.path(), &["demo", "--projects", "nowhere"])
        .assert_said(3, &["error: `nowhere` cannot be read"]);
    run(folder.path(), &["demo", "--specs", "nowhere"]).assert_said(3, &["--specs"]);
    edit(
        &folder.path().join("specs/shop/orders.toml"),
        "tenancy = \"tenant\"",
        "",
    );
    run(folder.path(), &["demo", "--specs", "specs"]).assert_said(1, &["error[SDB"]);
}

#[test]
fn demo_answers_with_every_job_and_every_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let (code, outcome) = run(folder.path(), &["demo", "--format", "json"]).json();
    assert_eq!(code, 0, "{outcome}");
    let attempts = outcome["attempts"].as_array().unwrap();
    assert!(
        !attempts.is_empty() && attempts.iter().all(|attempt| attempt["refused"] == true),
        "{outcome}"
    );
}
