//! The example projects of `examples/go-projects`, embedded so that an installed command needs no checkout.

use super::project::ProjectFiles;

/// An example project with what reading it must give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedProject {
    /// The folder's name: `plain`, `workspace`, `private`, `vendored` or `malformed`.
    pub name: &'static str,
    /// Its files.
    pub files: ProjectFiles,
    /// What reading them must give.
    pub expected: Expected,
}

/// What reading an example project must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A graph, as JSON for people to read.
    Graph(&'static str),
    /// Faults, as [`render_faults`](super::render_faults) writes them.
    Faults(&'static str),
}

macro_rules! example {
    ($name:literal, $file:literal) => {
        include_str!(concat!("../../../examples/go-projects/", $name, "/", $file))
    };
}

macro_rules! project {
    ($name:literal, $expected:ident($expected_file:literal), [$($file:literal),+ $(,)?]) => {
        EmbeddedProject {
            name: $name,
            files: [$(($file, example!($name, $file))),+].into_iter().collect(),
            expected: Expected::$expected(example!($name, $expected_file)),
        }
    };
}

/// All example projects, in the order in which they are best looked at.
pub fn embedded_projects() -> Vec<EmbeddedProject> {
    vec![
        project!(
            "plain",
            Graph("expected-graph.json"),
            ["go.mod", "go.sum", "third_party/keyvalue/go.mod"]
        ),
        project!(
            "workspace",
            Graph("expected-graph.json"),
            [
                "go.work",
                "go.work.sum",
                "api/go.mod",
                "api/go.sum",
                "shared/go.mod",
                "worker/go.mod",
                "worker/go.sum",
                "libs/retry/go.mod",
            ]
        ),
        project!(
            "private",
            Graph("expected-graph.json"),
            ["go.env", "go.mod", "go.sum"]
        ),
        project!(
            "vendored",
            Graph("expected-graph.json"),
            ["go.mod", "go.sum", "internal/clock/go.mod", "vendor/modules.txt"]
        ),
        project!("malformed", Faults("expected-faults.txt"), ["go.mod", "go.sum"]),
    ]
}
