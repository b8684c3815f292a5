//! A graph in its canonical order.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::Id;
use crate::schema::vex::digest::hex_of_json;
use crate::schema::vex::graph_draft::EdgeKey;
use crate::schema::vex::{
    DraftEdge, DraftNode, GraphEdge, GraphEdgeKind, GraphNode, GraphNodeKind, GraphRevision, InvalidGraph,
    NewGraphEdge, NewGraphNode,
};
use crate::value::{DbEnum, JsonShape};

/// A graph whose nodes are numbered and whose edges are sorted: equal graphs are equal to the byte,
/// however they were built. Made by [`crate::schema::vex::GraphDraft::number`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedGraph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    content_digest: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    node_key: String,
    ordinal: i32,
    depth: Option<i32>,
    content: DraftNode,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Edge {
    from: i32,
    to: i32,
    kind: GraphEdgeKind,
    content: DraftEdge,
}

impl NumberedGraph {
    pub(super) fn of(
        nodes: BTreeMap<String, DraftNode>,
        edges: BTreeMap<EdgeKey, DraftEdge>,
    ) -> Result<Self, InvalidGraph> {
        let mut nodes = numbered(nodes)?;
        let edges = between(&nodes, edges)?;
        set_depths(&mut nodes, &edges)?;
        let content_digest = digest(&nodes, &edges)?;
        Ok(NumberedGraph {
            nodes,
            edges,
            content_digest,
        })
    }

    /// SHA-256 of nodes and edges in their order, as a revision's `content_digest` holds it.
    pub fn content_digest(&self) -> &str {
        &self.content_digest
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// How many edges there are.
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// The rows of the nodes, in the canonical order.
    pub fn node_rows(&self, revision_id: Id<GraphRevision>) -> impl Iterator<Item = NewGraphNode> {
        self.nodes.iter().map(move |node| {
            let content = node.content.clone();
            GraphNode::new_row(
                revision_id,
                node.ordinal,
                node.node_key.clone(),
                content.kind,
                content.name,
            )
            .version(content.version)
            .purl(content.purl)
            .digest(content.digest)
            .depth(node.depth)
            .attributes(content.attributes)
        })
    }

    /// The rows of the edges, in the canonical order.
    pub fn edge_rows(&self, revision_id: Id<GraphRevision>) -> impl Iterator<Item = NewGraphEdge> {
        self.edges.iter().map(move |edge| {
            let content = &edge.content;
            GraphEdge::new_row(revision_id, edge.from, edge.to, edge.kind, content.provenance)
                .confidence(content.confidence)
                .requirement(content.requirement.clone())
        })
    }
}

/// The map's order is the byte order of the keys.
fn numbered(nodes: BTreeMap<String, DraftNode>) -> Result<Vec<Node>, InvalidGraph> {
    let ordinals = nodes.into_iter().enumerate();
    let node = |(position, (node_key, content)): (usize, (String, DraftNode))| {
        Ok(Node {
            node_key,
            ordinal: i32::try_from(position).map_err(|_| InvalidGraph::TooLarge)?,
            depth: None,
            content,
        })
    };
    ordinals.map(node).collect()
}

/// Numbers grow with keys, so that the map's order stays that of the numbers.
fn between(nodes: &[Node], edges: BTreeMap<EdgeKey, DraftEdge>) -> Result<Vec<Edge>, InvalidGraph> {
    i32::try_from(edges.len()).map_err(|_| InvalidGraph::TooLarge)?;
    let ordinal = |node_key: String| {
        let found = nodes.binary_search_by(|node| node.node_key.as_str().cmp(&node_key));
        match found {
            Ok(position) => Ok(nodes[position].ordinal),
            Err(_) => Err(InvalidGraph::NoNode { node_key }),
        }
    };
    let edge = |((from, to, kind), content): (EdgeKey, DraftEdge)| {
        Ok(Edge {
            from: ordinal(from)?,
            to: ordinal(to)?,
            kind: GraphEdgeKind::parse(kind).expect("the text is that of a kind"),
            content,
        })
    };
    edges.into_iter().map(edge).collect()
}

/// The shortest ways from the root, breadth first.
fn set_depths(nodes: &mut [Node], edges: &[Edge]) -> Result<(), InvalidGraph> {
    let roots: Vec<i32> = nodes
        .iter()
        .filter(|node| node.content.kind == GraphNodeKind::Artifact)
        .map(|node| node.ordinal)
        .collect();
    let [root] = roots.as_slice() else {
        return Err(InvalidGraph::Roots { found: roots.len() });
    };
    let mut waiting = VecDeque::from([(*root, 0)]);
    while let Some((ordinal, depth)) = waiting.pop_front() {
        let node = usize::try_from(ordinal).expect("numbers count from 0");
        if nodes[node].depth.is_some() {
            continue;
        }
        nodes[node].depth = Some(depth);
        let first = edges.partition_point(|edge| edge.from < ordinal);
        let own = edges[first..].iter().take_while(|edge| edge.from == ordinal);
        waiting.extend(own.map(|edge| (edge.to, depth + 1)));
    }
    Ok(())
}

fn digest(nodes: &[Node], edges: &[Edge]) -> Result<String, InvalidGraph> {
    let nodes: Vec<Value> = nodes.iter().map(node_json).collect::<Result<_, _>>()?;
    let edges: Vec<Value> = edges.iter().map(edge_json).collect();
    Ok(format!(
        "sha256:{}",
        hex_of_json(&json!({ "nodes": nodes, "edges": edges }))
    ))
}

fn node_json(node: &Node) -> Result<Value, InvalidGraph> {
    let content = &node.content;
    let attributes = content.attributes.as_ref().map(JsonShape::to_json).transpose();
    let attributes = attributes.map_err(|cause| InvalidGraph::Attributes {
        node_key: node.node_key.clone(),
        cause: cause.to_string(),
    })?;
    Ok(json!({
        "nodeKey": node.node_key,
        "kind": content.kind.name(),
        "name": content.name,
        "version": content.version,
        "purl": content.purl,
        "digest": content.digest,
        "depth": node.depth,
        "attributes": attributes,
    }))
}

fn edge_json(edge: &Edge) -> Value {
    json!({
        "from": edge.from,
        "to": edge.to,
        "kind": edge.kind.name(),
        "provenance": edge.content.provenance.name(),
        "confidence": edge.content.confidence,
        "requirement": edge.content.requirement,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::vex::GraphDraft;

    const NODES: [(&str, GraphNodeKind); 5] = [
        ("pkg:oci/shop@1", GraphNodeKind::Artifact),
        ("pkg:npm/a@1", GraphNodeKind::Component),
        ("pkg:npm/b@1", GraphNodeKind::Component),
        ("pkg:npm/lonely@1", GraphNodeKind::Component),
        ("CVE-2024-3094", GraphNodeKind::Vulnerability),
    ];
    const EDGES: [(&str, &str, GraphEdgeKind); 5] = [
        ("pkg:oci/shop@1", "pkg:npm/a@1", GraphEdgeKind::DependsOn),
        ("pkg:oci/shop@1", "pkg:npm/a@1", GraphEdgeKind::Contains),
        ("pkg:npm/a@1", "pkg:npm/b@1", GraphEdgeKind::DependsOn),
        ("pkg:npm/b@1", "pkg:npm/a@1", GraphEdgeKind::DependsOn),
        ("pkg:npm/b@1", "CVE-2024-3094", GraphEdgeKind::AffectedBy),
    ];

    fn draft(
        nodes: impl IntoIterator<Item = (&'static str, GraphNodeKind)>,
        edges: impl IntoIterator<Item = (&'static str, &'static str, GraphEdgeKind)>,
    ) -> GraphDraft {
        let mut draft = GraphDraft::default();
        for (from, to, kind) in edges {
            draft
                .add_edge(from, to, kind, DraftEdge::default())
                .expect("distinct edges");
        }
        for (key, kind) in nodes {
            draft
                .add_node(key, DraftNode::new(kind, key))
                .expect("distinct nodes");
        }
        draft
    }

    #[test]
    fn the_order_of_adding_makes_no_difference() {
        let one = draft(NODES, EDGES).number().expect("a graph");
        let other = draft(NODES.into_iter().rev(), EDGES.into_iter().rev())
            .number()
            .expect("a graph");
        assert_eq!(one, other);
        assert_eq!(one.content_digest(), other.content_digest());
    }

    #[test]
    fn nodes_are_in_the_order_of_their_keys_and_edges_in_that_of_their_ends() {
        let graph = draft(NODES, EDGES).number().expect("a graph");
        let keys: Vec<&str> = graph.nodes.iter().map(|node| node.node_key.as_str()).collect();
        assert!(keys.is_sorted());
        let ends: Vec<(i32, i32, &str)> = graph
            .edges
            .iter()
            .map(|edge| (edge.from, edge.to, edge.kind.name()))
            .collect();
        assert!(ends.is_sorted(), "{ends:?}");
    }

    #[test]
    fn depths_are_those_of_the_shortest_ways() {
        let graph = draft(NODES, EDGES).number().expect("a graph");
        let depths: Vec<(&str, Option<i32>)> = graph
            .nodes
            .iter()
            .map(|node| (node.node_key.as_str(), node.depth))
            .collect();
        assert_eq!(
            depths,
            [
                ("CVE-2024-3094", Some(3)),
                ("pkg:npm/a@1", Some(1)),
                ("pkg:npm/b@1", Some(2)),
                ("pkg:npm/lonely@1", None),
                ("pkg:oci/shop@1", Some(0)),
            ]
        );
    }

    #[test]
    fn everything_that_a_node_or_an_edge_says_is_in_the_digest() {
        let digest = |draft: GraphDraft| draft.number().expect("a graph").content_digest().to_string();
        let plain = digest(draft(NODES, EDGES));
        assert_ne!(plain, digest(draft(NODES, EDGES.into_iter().skip(1))));
        let mut more = draft(NODES, EDGES.into_iter().skip(1));
        let (from, to, kind) = EDGES[0];
        let edge = DraftEdge {
            requirement: Some("^1".into()),
            ..DraftEdge::default()
        };
        more.add_edge(from, to, kind, edge).expect("no other edge");
        assert_ne!(plain, digest(more));
    }

    #[test]
    fn what_is_no_graph_is_refused() {
        let no_root = draft(NODES.into_iter().skip(1), []).number();
        assert_eq!(no_root.err(), Some(InvalidGraph::Roots { found: 0 }));
        let missing = draft(NODES.into_iter().take(2), EDGES.into_iter().skip(2)).number();
        let expected = InvalidGraph::NoNode {
            node_key: "pkg:npm/b@1".into(),
        };
        assert_eq!(missing.err(), Some(expected));
        let mut twice = draft(NODES, EDGES);
        let other = DraftNode::new(GraphNodeKind::Component, "another name");
        assert!(twice.add_node("pkg:npm/a@1", other).is_err());
    }
}
