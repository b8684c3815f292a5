//! The module graph: plain data with one order, so that the same project gives the same bytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::assemble::assemble;
use super::fault::Fault;
use super::parsed_project::ParsedProject;
use super::project::ProjectFiles;

/// The name and version of the graph's JSON.
pub const GRAPH_SCHEMA: &str = "stellaops.go-module-graph@1";

/// The modules of a project and how its files relate them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModuleGraph {
    /// [`GRAPH_SCHEMA`].
    pub schema: String,
    /// The id of the node that everything starts from: the main module, or the workspace.
    pub root: String,
    /// By path, version and id, in byte order.
    pub nodes: Vec<Node>,
    /// By `from`, `to` and kind, in byte order of the ids.
    pub edges: Vec<Edge>,
}

/// A module, or the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// `(workspace)`; a main module's path; `path@version`; `path@*` where every version is meant; for a
    /// directory that replaces a module the directory, as `./directory`.
    pub id: String,
    /// What the node stands for.
    pub kind: NodeKind,
    /// The module's path; of the workspace its id.
    pub path: String,
    /// The version; main modules, directories and `path@*` have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Of a main module or the workspace: its directory within the project, `.` for the project's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// The version of the language that the module's own file names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go: Option<String>,
    /// The toolchain that the module's own file suggests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toolchain: Option<String>,
    /// What the files say of this module.
    pub marks: BTreeSet<Mark>,
    /// The id of the node that is used instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The checksum of the module's files, `h1:` and base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// The checksum of the module's `go.mod`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go_mod_checksum: Option<String>,
    /// Why the module should no longer be used, as its own file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// Versions that the module's own file takes back, by range.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retracts: Vec<Retraction>,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A module whose source is the project: the one of the folder, or one that `go.work` uses.
    Main,
    /// The workspace of a `go.work`.
    Workspace,
    /// A module from elsewhere.
    Module,
    /// A directory that replaces a module.
    Local,
}

/// A fact about a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// An `exclude` names this version.
    Excluded,
    /// `GOPRIVATE` covers the path.
    Private,
    /// The module's own file, where it is part of the project, takes this version back.
    Retracted,
    /// `vendor/modules.txt` lists packages of it.
    Vendored,
}

/// How one node is related to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The id of the node whose file says it.
    pub from: String,
    /// The id of the node it says it of.
    pub to: String,
    /// What it says.
    pub kind: EdgeKind,
    /// The version a file asks for where the workspace's own module is used instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_version: Option<String>,
}

/// What an edge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// `exclude`.
    Excludes,
    /// `replace`: `from` is replaced by `to`.
    ReplacedBy,
    /// `require`, of a module whose packages are imported.
    Requires,
    /// `require … // indirect`.
    RequiresIndirect,
    /// `use` of a `go.work`.
    Uses,
}

/// A version, or a range of versions, that a module takes back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retraction {
    /// The first version.
    pub low: String,
    /// The last version; equal to the first for a single one.
    pub high: String,
    /// The comment that gives the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
}

impl ModuleGraph {
    /// Reads the files and builds the graph.
    ///
    /// # Errors
    /// Every fault of every file, by file and place. Faults between files (a replaced directory without a
    /// `go.mod`, a `vendor` folder that contradicts `go.mod`, …) are looked for once each file is sound by itself.
    pub fn build(files: &ProjectFiles) -> Result<Self, Vec<Fault>> {
        let project = ParsedProject::parse(files)?;
        project.check()?;
        Ok(assemble(&project))
    }

    /// The graph as canonical JSON (RFC 8785), in UTF-8.
    pub fn canonical_json(&self) -> Vec<u8> {
        serde_jcs::to_vec(self).expect("the graph holds text and lists only, which JSON can always say")
    }

    /// The name of this revision: `grv_` and the SHA-256 of [`canonical_json`](Self::canonical_json) in
    /// hexadecimal. The same files give the same name, on every machine and in whatever order their lines stand.
    pub fn revision_id(&self) -> String {
        let hash = Sha256::digest(self.canonical_json());
        let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("grv_{digits}")
    }
}
