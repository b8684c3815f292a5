//! Reading a Go project's module graph from its files alone: no Go toolchain, no network, no version selection.
//!
//! [`ProjectFiles`] holds the texts, [`ModuleGraph::build`] turns them into nodes and edges, or into every
//! [`Fault`] of every file with its line and column. What the files do not say is not in the graph: a
//! dependency's own requirements live in its own `go.mod`, which is read only where it is part of the project
//! (a module named by `go.work`, or a directory that replaces a module).
//!
//! | file | read for |
//! |---|---|
//! | `go.work` | modules used together, replacements over theirs |
//! | `go.mod` | the module, its requirements, replacements, exclusions and retractions |
//! | `go.sum`, `go.work.sum` | checksums |
//! | `vendor/modules.txt` | modules with vendored packages, checked against `go.mod` |
//! | `go.env` | `GOPRIVATE`, written as `go env -w` writes it; Go itself reads the file named by `go env GOENV` |

mod assemble;
mod check;
mod directive;
mod directory;
mod embedded;
mod environment_file;
mod fault;
mod glob;
mod graph;
mod lexer;
mod module_file;
mod module_path;
mod parsed_project;
mod project;
mod statement;
mod sum_file;
mod vendor_check;
mod vendor_file;
mod version;
mod work_file;

pub use directive::{Replacement, ReplacementTarget};
pub use embedded::{EmbeddedProject, Expected, embedded_projects};
pub use environment_file::EnvironmentFile;
pub use fault::{Fault, Place, render_faults};
pub use graph::{Edge, EdgeKind, GRAPH_SCHEMA, Mark, ModuleGraph, Node, NodeKind, Retraction};
pub use module_file::{ModuleFile, ModuleName, ModuleVersion, Requirement};
pub use project::{MAXIMUM_FILE_BYTES, ProjectError, ProjectFiles};
pub use sum_file::{Checksums, SumFile};
pub use vendor_file::{VendorFile, VendoredModule};
pub use work_file::{Use, WorkFile};
