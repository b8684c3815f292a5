//! Graphs on their way into the database: named by keys, then numbered in the canonical order.

use std::collections::BTreeMap;

use crate::DbEnum as _;
use crate::schema::vex::numbered_graph::NumberedGraph;
use crate::schema::vex::{GraphEdgeKind, GraphEdgeProvenance, GraphNodeAttributes, GraphNodeKind};

/// A graph whose nodes and edges are added in any order.
///
/// ```
/// use stellaops_db::schema::vex::{DraftEdge, DraftNode, GraphDraft, GraphEdgeKind, GraphNodeKind};
/// let mut draft = GraphDraft::default();
/// draft.add_node("pkg:npm/lodash@4.17.21", DraftNode::new(GraphNodeKind::Component, "lodash"))?;
/// draft.add_node("pkg:oci/shop@1", DraftNode::new(GraphNodeKind::Artifact, "shop"))?;
/// draft.add_edge("pkg:oci/shop@1", "pkg:npm/lodash@4.17.21", GraphEdgeKind::DependsOn, DraftEdge::default())?;
/// let graph = draft.number()?;
/// assert_eq!((graph.node_count(), graph.edge_count()), (2, 1));
/// # Ok::<(), stellaops_db::schema::vex::InvalidGraph>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct GraphDraft {
    nodes: BTreeMap<String, DraftNode>,
    edges: BTreeMap<EdgeKey, DraftEdge>,
}

/// From, to and kind; the kind by its stored text, whose order is that of the database.
pub(super) type EdgeKey = (String, String, &'static str);

/// What a node says beside its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftNode {
    /// What it stands for.
    pub kind: GraphNodeKind,
    /// What people call it, without its version.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its canonical package URL.
    pub purl: Option<String>,
    /// SHA-256 of its content.
    pub digest: Option<String>,
    /// More that the SBOM says about it.
    pub attributes: Option<GraphNodeAttributes>,
}

/// What an edge says beside its ends and its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftEdge {
    /// How it is known.
    pub provenance: GraphEdgeProvenance,
    /// How sure it is, in thousandths.
    pub confidence: i16,
    /// The versions that were asked for.
    pub requirement: Option<String>,
}

/// Why a draft is no graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidGraph {
    /// A key was given to two different nodes.
    #[error("two different nodes have the key `{node_key}`")]
    TwoNodes {
        /// The key.
        node_key: String,
    },
    /// Two different edges of one kind have the same ends.
    #[error("two different `{kind}` edges lead from `{from}` to `{to}`")]
    TwoEdges {
        /// Where they begin.
        from: String,
        /// Where they end.
        to: String,
        /// Their kind.
        kind: &'static str,
    },
    /// An edge has an end that is no node.
    #[error("an edge names the node `{node_key}`, which is not in the graph")]
    NoNode {
        /// The key.
        node_key: String,
    },
    /// There is not exactly one artifact.
    #[error("a graph has one artifact, its root, and not {found}")]
    Roots {
        /// How many there are.
        found: usize,
    },
    /// The attributes of a node make no document.
    #[error("the attributes of the node `{node_key}` make no document: {cause}")]
    Attributes {
        /// The key.
        node_key: String,
        /// Why.
        cause: String,
    },
    /// More nodes than can be numbered.
    #[error("the graph is too large")]
    TooLarge,
}

impl DraftNode {
    /// A node of which nothing more is known.
    pub fn new(kind: GraphNodeKind, name: impl Into<String>) -> Self {
        DraftNode {
            kind,
            name: name.into(),
            version: None,
            purl: None,
            digest: None,
            attributes: None,
        }
    }
}

impl Default for DraftEdge {
    /// A declared edge that is sure to exist.
    fn default() -> Self {
        DraftEdge {
            provenance: GraphEdgeProvenance::Declared,
            confidence: 1000,
            requirement: None,
        }
    }
}

impl GraphDraft {
    /// Adds a node. Adding the same one again changes nothing.
    ///
    /// # Errors
    /// [`InvalidGraph::TwoNodes`].
    pub fn add_node(&mut self, node_key: impl Into<String>, node: DraftNode) -> Result<(), InvalidGraph> {
        let node_key = node_key.into();
        match self.nodes.get(&node_key) {
            Some(known) if *known != node => Err(InvalidGraph::TwoNodes { node_key }),
            _ => {
                self.nodes.insert(node_key, node);
                Ok(())
            }
        }
    }

    /// Adds an edge between nodes that are in the draft or come later. Adding the same one again changes
    /// nothing.
    ///
    /// # Errors
    /// [`InvalidGraph::TwoEdges`].
    pub fn add_edge(
        &mut self,
        from: impl Into<String>,
        to: impl Into<String>,
        kind: GraphEdgeKind,
        edge: DraftEdge,
    ) -> Result<(), InvalidGraph> {
        let (from, to, kind) = (from.into(), to.into(), kind.name());
        let key = (from, to, kind);
        match self.edges.get(&key) {
            Some(known) if *known != edge => {
                let (from, to, kind) = key;
                Err(InvalidGraph::TwoEdges { from, to, kind })
            }
            _ => {
                self.edges.insert(key, edge);
                Ok(())
            }
        }
    }

    /// Brings nodes and edges into the canonical order: nodes by the bytes of their keys, edges by their
    /// ends and then their kind. What was added first makes no difference.
    ///
    /// # Errors
    /// [`InvalidGraph`].
    pub fn number(self) -> Result<NumberedGraph, InvalidGraph> {
        NumberedGraph::of(self.nodes, self.edges)
    }
}
