use crate::schema::vex::{GraphRevisionId, Project};
use crate::{Id, Table, TenantId, Timestamp};

/// A dependency graph of a project, as built from one SBOM, one feed snapshot and one policy version.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.graph_revisions")]
pub struct GraphRevision {
    /// The row's id; what nodes and edges point at.
    pub id: Id<GraphRevision>,
    /// Whose graph it is.
    pub tenant_id: TenantId,
    /// The stable id, which follows from the inputs.
    pub graph_revision_id: GraphRevisionId,
    /// The project that the graph is of.
    pub project_id: Id<Project>,
    /// The revision that this one is compared with; none: the first, or its parent has aged out.
    pub parent_id: Option<Id<GraphRevision>>,
    /// SHA-256 of the SBOM: `sha256:` and 64 hex digits.
    pub sbom_digest: String,
    /// SHA-256 of the snapshot of advisories and statements that were known to the build.
    pub feed_snapshot_digest: String,
    /// The policy pack and its version: `baseline@1.4.2`.
    pub policy_version: String,
    /// The scheduler's job that built the graph first.
    pub build_job_id: Option<uuid::Uuid>,
    /// The program that built the graph first, with its version.
    pub builder: String,
    /// SHA-256 of nodes and edges in their order: [`crate::schema::vex::NumberedGraph::content_digest`].
    pub content_digest: String,
    /// How many nodes the graph has.
    pub node_count: i32,
    /// How many edges the graph has.
    pub edge_count: i32,
    /// When the graph was built first.
    pub created_at: Timestamp,
    /// When a build came to this graph last.
    pub last_built_at: Timestamp,
}

impl GraphRevision {
    /// Whether the stable id is the one that the row's own inputs give.
    pub fn is_true_to_its_inputs(&self) -> bool {
        let inputs = GraphRevisionId::of(
            &self.sbom_digest,
            &self.feed_snapshot_digest,
            &self.policy_version,
        );
        self.graph_revision_id == inputs
    }
}
