use crate::schema::vex::GraphRevision;
use crate::{DbEnum, Id, Table, TenantId};

/// An edge of a dependency graph: that one node contains, needs, calls or is affected by another, and
/// how that is known.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.graph_edges")]
pub struct GraphEdge {
    /// Whose graph it is in.
    pub tenant_id: TenantId,
    /// The graph.
    pub revision_id: Id<GraphRevision>,
    /// The node that the edge leaves, by its place in the graph.
    pub from_node: i32,
    /// The node that the edge leads to, by its place in the graph.
    pub to_node: i32,
    /// What the edge says.
    pub kind: GraphEdgeKind,
    /// How it is known.
    pub provenance: GraphEdgeProvenance,
    /// How sure it is that the edge exists, in thousandths.
    pub confidence: i16,
    /// The versions that were asked for, as the ecosystem writes them.
    pub requirement: Option<String>,
}

/// What an edge says of its first node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum)]
#[db_enum("vex.graph_edge_kind")]
pub enum GraphEdgeKind {
    /// It contains the second.
    Contains,
    /// It depends on the second.
    DependsOn,
    /// It calls the second.
    Calls,
    /// It is affected by the second, a vulnerability.
    AffectedBy,
}

/// How an edge is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DbEnum)]
#[db_enum("vex.graph_edge_provenance")]
pub enum GraphEdgeProvenance {
    /// A manifest declares it.
    Declared,
    /// A lock file or a resolver fixed it.
    Resolved,
    /// It was found in code or binary.
    Analysed,
    /// It was seen at run time.
    Observed,
}
