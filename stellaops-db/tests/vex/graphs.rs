//! Dependency graphs: stored whole, once for the same inputs, and read back in the canonical order.

use stellaops_db::Error;
use stellaops_db::schema::vex::*;

use crate::support::Fixture;

const ROOT: &str = "pkg:oci/shop@1";

impl Fixture {
    async fn store(&self, build: GraphBuild, graph: &NumberedGraph) -> Result<StoredGraph, StoreGraphError> {
        let transaction = self.scope.begin().await?;
        let stored = build.store(&transaction, graph).await?;
        transaction.commit().await?;
        Ok(stored)
    }

    async fn count_nodes(&self) -> u64 {
        let nodes = self.scope.repository::<GraphNodeRepository>();
        nodes.count([]).await.expect("counts")
    }
}

fn build(project: &Project) -> GraphBuild {
    GraphBuild {
        project_id: project.id,
        parent_id: None,
        sbom_digest: format!("sha256:{}", "1".repeat(64)),
        feed_snapshot_digest: format!("sha256:{}", "2".repeat(64)),
        policy_version: "baseline@1.4.2".into(),
        build_job_id: None,
        builder: "tests/1".into(),
    }
}

/// A root and that many components, each needed by the root and by the component before it.
fn graph(components: usize) -> NumberedGraph {
    let mut draft = GraphDraft::default();
    let key = |number: usize| format!("pkg:npm/component-{number}@1.0.0");
    let root = DraftNode::new(GraphNodeKind::Artifact, "shop");
    draft.add_node(ROOT, root).expect("a new key");
    for number in 0..components {
        let node = DraftNode {
            version: Some("1.0.0".into()),
            purl: Some(key(number)),
            ..DraftNode::new(GraphNodeKind::Component, format!("component-{number}"))
        };
        draft.add_node(key(number), node).expect("a new key");
        let mut edge = |from: &str| {
            let kind = GraphEdgeKind::DependsOn;
            draft.add_edge(from, key(number), kind, DraftEdge::default())
        };
        edge(ROOT).expect("a new edge");
        if number > 0 {
            edge(&key(number - 1)).expect("a new edge");
        }
    }
    draft.number().expect("a graph")
}

#[tokio::test]
async fn a_graph_of_thousands_of_nodes_is_read_back_in_its_order() {
    let fixture = Fixture::start().await;
    let project = fixture.project("shop").await;
    let graph = graph(5_000);
    let stored = fixture.store(build(&project), &graph).await.expect("stores");
    let StoredGraph::New(revision) = stored else {
        panic!("nothing was there: {stored:?}");
    };
    assert_eq!((revision.node_count, revision.edge_count), (5_001, 9_999));
    assert!(revision.is_true_to_its_inputs());
    let nodes = fixture.scope.repository::<GraphNodeRepository>();
    let mut keys = Vec::new();
    let mut list = nodes.list_by_revision(revision.id).limit(1_000);
    loop {
        let page = list.await.expect("lists");
        keys.extend(page.rows.into_iter().map(|node| node.node_key));
        let Some(cursor) = page.next else { break };
        list = nodes.list_by_revision(revision.id).limit(1_000).at(cursor);
    }
    assert_eq!(keys.len(), 5_001);
    assert!(keys.is_sorted());
    let edges = fixture.scope.repository::<GraphEdgeRepository>();
    let root = i32::try_from(keys.len() - 1).expect("a small number");
    assert_eq!(keys.last().map(String::as_str), Some(ROOT));
    let page = edges
        .list_by_from_node(revision.id, root)
        .limit(10)
        .await
        .expect("lists");
    let ends: Vec<i32> = page.rows.iter().map(|edge| edge.to_node).collect();
    assert_eq!(ends, (0..10).collect::<Vec<i32>>());
    let above = edges.list_by_to_node(revision.id, 0).await.expect("lists");
    assert_eq!(
        above.rows.iter().map(|edge| edge.from_node).collect::<Vec<_>>(),
        [root]
    );
}

#[tokio::test]
async fn the_same_build_again_finds_the_graph_that_is_there() {
    let fixture = Fixture::start().await;
    let project = fixture.project("shop").await;
    let first = fixture
        .store(build(&project), &graph(3))
        .await
        .expect("stores")
        .revision();
    let mut ids = Vec::new();
    for _ in 0..4 {
        fixture.later();
        let again = fixture.store(build(&project), &graph(3)).await.expect("stores");
        let StoredGraph::Known(again) = again else {
            panic!("it was there: {again:?}");
        };
        assert!(again.last_built_at > first.last_built_at);
        assert_eq!((again.id, again.created_at), (first.id, first.created_at));
        ids.push(again.graph_revision_id);
    }
    assert!(ids.iter().all(|id| *id == first.graph_revision_id));
    assert_eq!(fixture.count_nodes().await, 4);
}

#[tokio::test]
async fn another_content_for_the_same_inputs_is_refused_and_changes_nothing() {
    let fixture = Fixture::start().await;
    let project = fixture.project("shop").await;
    fixture.store(build(&project), &graph(3)).await.expect("stores");
    let refused = fixture.store(build(&project), &graph(4)).await;
    assert!(
        matches!(refused, Err(StoreGraphError::AnotherContent { .. })),
        "{refused:?}"
    );
    assert_eq!(fixture.count_nodes().await, 4);
}

#[tokio::test]
async fn projects_with_the_same_sbom_have_their_own_rows_under_one_id() {
    let fixture = Fixture::start().await;
    let (shop, depot) = (fixture.project("shop").await, fixture.project("depot").await);
    let first = fixture
        .store(build(&shop), &graph(3))
        .await
        .expect("stores")
        .revision();
    let second = fixture
        .store(build(&depot), &graph(3))
        .await
        .expect("stores")
        .revision();
    assert_eq!(first.graph_revision_id, second.graph_revision_id);
    assert_ne!(first.id, second.id);
    let revisions = fixture.scope.repository::<GraphRevisionRepository>();
    let found = revisions
        .list_by_graph_revision(first.graph_revision_id.clone())
        .await
        .expect("lists");
    let mut projects = [shop.id, depot.id];
    projects.sort();
    assert_eq!(
        found.rows.iter().map(|row| row.project_id).collect::<Vec<_>>(),
        projects
    );
    let nodes = fixture.scope.repository::<GraphNodeRepository>();
    let found = nodes
        .list_by_purl("pkg:npm/component-1@1.0.0")
        .await
        .expect("lists");
    assert_eq!(
        found.rows.iter().map(|node| node.revision_id).collect::<Vec<_>>(),
        [second.id, first.id]
    );
}

#[tokio::test]
async fn an_edge_that_leaves_its_graph_is_refused_by_the_database() {
    let fixture = Fixture::start().await;
    let project = fixture.project("shop").await;
    let revision = fixture
        .store(build(&project), &graph(3))
        .await
        .expect("stores")
        .revision();
    let edges = fixture.scope.repository::<GraphEdgeRepository>();
    let edge = GraphEdge::new_row(
        revision.id,
        0,
        4,
        GraphEdgeKind::DependsOn,
        GraphEdgeProvenance::Declared,
    );
    let refused = edges.insert(edge).await;
    assert!(
        matches!(refused, Err(Error::ForeignKeyViolation { .. })),
        "{refused:?}"
    );
}
