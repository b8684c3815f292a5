//! What the page says is what the tests run.

const PAGE: &str = include_str!("../../../../COOKBOOK.md");
const RUN: [&str; 5] = [
    include_str!("rows.rs"),
    include_str!("lists.rs"),
    include_str!("together.rs"),
    include_str!("events.rs"),
    include_str!("more.rs"),
];

/// The lines without their indentation, which differs by where they stand.
fn lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim())).collect()
}

#[test]
fn each_task_is_a_sentence_and_code_that_the_tests_run() {
    let run = RUN.map(lines);
    let tasks: Vec<&str> = PAGE.split("\n### ").skip(1).collect();
    assert!(tasks.len() >= 20, "{} tasks", tasks.len());
    for task in tasks {
        let name = task.lines().next().unwrap_or_default();
        let (said, code) = task.split_once("```rust\n").unwrap_or_else(|| panic!("`{name}` has no code"));
        assert!(said.lines().count() > 2, "`{name}` says nothing");
        let (code, _) = code.split_once("```").unwrap_or_else(|| panic!("the code of `{name}` has no end"));
        let code = lines(code);
        assert!(run.iter().any(|run| run.contains(&code)), "no test runs the code of `{name}`:\n{code}");
    }
}
