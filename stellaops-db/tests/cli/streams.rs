//! What is printed, and to whom.

use std::process::Stdio;

use crate::support::*;

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
