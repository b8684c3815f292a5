//! Help, versions, wrong usage.

use crate::support::*;

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
