//! Storing a graph: once for the same inputs, whole or not at all.

use crate::schema::vex::{
    GraphEdgeRepository, GraphNodeRepository, GraphRevision, GraphRevisionId, GraphRevisionRepository,
    NumberedGraph, Project,
};
use crate::{Error, Id, Transaction};

/// What a graph was built from, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphBuild {
    /// The project that the graph is of.
    pub project_id: Id<Project>,
    /// The revision that it is compared with: the project's latest.
    pub parent_id: Option<Id<GraphRevision>>,
    /// SHA-256 of the SBOM: `sha256:` and 64 hex digits.
    pub sbom_digest: String,
    /// SHA-256 of the snapshot of advisories and statements that were known.
    pub feed_snapshot_digest: String,
    /// The policy pack and its version: `baseline@1.4.2`.
    pub policy_version: String,
    /// The scheduler's job.
    pub build_job_id: Option<uuid::Uuid>,
    /// The program that built the graph, with its version.
    pub builder: String,
}

/// What became of a graph that was to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredGraph {
    /// It was not there, and was inserted.
    New(GraphRevision),
    /// The same graph was there already; only `last_built_at` was moved.
    Known(GraphRevision),
}

/// Why a graph was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreGraphError {
    /// The same inputs gave another graph before: the builder is not deterministic.
    #[error("`{graph_revision_id}` was built before with another content")]
    AnotherContent {
        /// The id that the inputs give.
        graph_revision_id: GraphRevisionId,
    },
    /// More nodes or edges than a row can count.
    #[error("the graph is too large")]
    TooLarge,
    /// What the database said.
    #[error(transparent)]
    Database(#[from] Error),
}

impl StoredGraph {
    /// The row.
    pub fn revision(self) -> GraphRevision {
        match self {
            StoredGraph::New(revision) | StoredGraph::Known(revision) => revision,
        }
    }
}

impl GraphBuild {
    /// The id of the graph, which follows from the inputs.
    pub fn graph_revision_id(&self) -> GraphRevisionId {
        GraphRevisionId::of(
            &self.sbom_digest,
            &self.feed_snapshot_digest,
            &self.policy_version,
        )
    }

    /// Stores revision, nodes and edges. The same build again finds what is there.
    ///
    /// Two workers that store the same new graph at once: one of them gets [`Error::UniqueViolation`], and
    /// finds the graph of the other in its next transaction.
    ///
    /// # Errors
    /// [`StoreGraphError`].
    pub async fn store(
        self,
        transaction: &Transaction,
        graph: &NumberedGraph,
    ) -> Result<StoredGraph, StoreGraphError> {
        let revisions: GraphRevisionRepository = transaction.repository();
        let graph_revision_id = self.graph_revision_id();
        let known = revisions
            .get_by_graph_revision(graph_revision_id.clone(), self.project_id)
            .await?;
        if let Some(known) = known {
            if known.content_digest != graph.content_digest() {
                return Err(StoreGraphError::AnotherContent { graph_revision_id });
            }
            let now = transaction.now();
            let moved = GraphRevision::patch().last_built_at(now);
            return Ok(StoredGraph::Known(revisions.update(known.id, moved).await?));
        }
        let revision = self.insert_revision(&revisions, graph).await?;
        insert_nodes(&transaction.repository(), graph, revision.id).await?;
        insert_edges(&transaction.repository(), graph, revision.id).await?;
        Ok(StoredGraph::New(revision))
    }

    async fn insert_revision(
        self,
        revisions: &GraphRevisionRepository,
        graph: &NumberedGraph,
    ) -> Result<GraphRevision, StoreGraphError> {
        let count = |number: usize| i32::try_from(number).map_err(|_| StoreGraphError::TooLarge);
        let row = GraphRevision::new_row(
            self.graph_revision_id(),
            self.project_id,
            self.sbom_digest,
            self.feed_snapshot_digest,
            self.policy_version,
            self.builder,
            graph.content_digest().into(),
            count(graph.node_count())?,
            count(graph.edge_count())?,
        );
        let row = row.parent_id(self.parent_id).build_job_id(self.build_job_id);
        Ok(revisions.insert(row).await?)
    }
}

async fn insert_nodes(
    nodes: &GraphNodeRepository,
    graph: &NumberedGraph,
    revision_id: Id<GraphRevision>,
) -> Result<(), Error> {
    nodes.insert_many(graph.node_rows(revision_id)).await?;
    Ok(())
}

async fn insert_edges(
    edges: &GraphEdgeRepository,
    graph: &NumberedGraph,
    revision_id: Id<GraphRevision>,
) -> Result<(), Error> {
    edges.insert_many(graph.edge_rows(revision_id)).await?;
    Ok(())
}
