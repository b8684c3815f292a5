use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::schema::vex::GraphRevision;
use crate::{DbEnum, Id, Jsonb, Table, TenantId};

/// A node of a dependency graph: the artifact, a component, a file, a function, or a vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.graph_nodes")]
pub struct GraphNode {
    /// Whose graph it is in.
    pub tenant_id: TenantId,
    /// The graph.
    pub revision_id: Id<GraphRevision>,
    /// The place in the canonical order of the graph's nodes, from 0.
    pub ordinal: i32,
    /// What the node is in every revision: a package URL, a digest with a path, a vulnerability's id.
    pub node_key: String,
    /// What it stands for.
    pub kind: GraphNodeKind,
    /// What people call it, without its version.
    pub name: String,
    /// Its version, as its ecosystem writes it.
    pub version: Option<String>,
    /// The canonical package URL, version included; none: it is no package.
    pub purl: Option<String>,
    /// SHA-256 of its content, as the SBOM says.
    pub digest: Option<String>,
    /// How many edges the shortest way from the root has; none: no way leads here.
    pub depth: Option<i32>,
    /// More that the SBOM says about it.
    pub attributes: Option<GraphNodeAttributes>,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum)]
#[db_enum("vex.graph_node_kind")]
pub enum GraphNodeKind {
    /// The artifact that the SBOM describes: the root.
    Artifact,
    /// A component in it.
    Component,
    /// A file.
    File,
    /// A function.
    Function,
    /// A vulnerability.
    Vulnerability,
}

/// What an SBOM says about a component beyond its identity; builders may add their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("vex.graph_node_attributes")]
#[serde(rename_all = "camelCase")]
pub struct GraphNodeAttributes {
    /// The SPDX identifiers of its licences.
    pub licenses: Option<BTreeSet<String>>,
    /// Whether the artifact needs it at run time.
    pub scope: Option<ComponentScope>,
    /// Whether execution of the artifact begins in it.
    pub is_entry_point: Option<bool>,
    /// The image layer that brought it.
    pub layer_digest: Option<String>,
    /// What the builder adds.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

/// Whether an artifact needs a component at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum ComponentScope {
    /// It does.
    Required,
    /// It does where the component is there.
    Optional,
    /// It does not: the component serves building and testing.
    Excluded,
}
