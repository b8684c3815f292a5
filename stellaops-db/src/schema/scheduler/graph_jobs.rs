use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DbEnum, Error, Id, Jsonb, List, Table, TenantId, Timestamp};

/// A request to build or overlay a dependency graph, from pending to finished.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("scheduler.graph_jobs")]
pub struct GraphJob {
    /// The id; UUIDv7, made by the client.
    pub id: Id<GraphJob>,
    /// Whose job it is.
    pub tenant_id: TenantId,
    /// Whether a graph is built or overlaid.
    #[column("type")]
    pub kind: GraphJobType,
    /// How far the job has come; changes by compare-and-swap.
    pub status: GraphJobStatus,
    /// What the job is to do.
    pub payload: GraphJobPayload,
    /// What a completed job made.
    pub result: Option<GraphResult>,
    /// Why the job failed, for a person.
    pub failure_reason: Option<String>,
    /// The request that asked for the job, as traces name it.
    pub correlation_id: Option<String>,
    /// When the claim ends unless it is renewed, by the database's clock.
    pub lease_expires_at: Option<Timestamp>,
    /// The name of the worker that holds the claim.
    pub leased_by: Option<String>,
    /// How often the job was claimed.
    pub attempts: i32,
    /// When the job was asked for.
    pub created_at: Timestamp,
    /// When the job was changed last.
    pub updated_at: Timestamp,
}

/// Whether a graph is built from an SBOM or an existing one is overlaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.graph_job_type")]
pub enum GraphJobType {
    /// Build a graph from an SBOM.
    Build,
    /// Lay facts over a graph that is built.
    Overlay,
}

/// How far a graph job has come; completed, failed and cancelled are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("scheduler.graph_job_status")]
pub enum GraphJobStatus {
    /// Asked for.
    Pending,
    /// To be claimed.
    Queued,
    /// Claimed.
    Running,
    /// Done.
    Completed,
    /// Ended without a result; there is a reason.
    Failed,
    /// Called off.
    Cancelled,
}

/// What the job is to do.
#[derive(Debug, Clone, PartialEq, Eq, Jsonb)]
#[jsonb("scheduler.graph_job_payload")]
pub enum GraphJobPayload {
    /// Build a graph.
    Build(GraphBuildJob),
    /// Overlay a graph.
    Overlay(GraphOverlayJob),
}

/// Build the dependency graph of one version of an SBOM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("scheduler.graph_build_job")]
#[serde(rename_all = "camelCase")]
pub struct GraphBuildJob {
    /// The SBOM.
    pub sbom_id: String,
    /// The version of the SBOM.
    pub sbom_version_id: String,
    /// SHA-256 of the SBOM: `sha256:` and 64 hex digits.
    pub sbom_digest: String,
    /// What asked for the build: `sbom-version`, `backfill`, `manual`, …
    pub trigger: String,
    /// Free facts about the request, keys in lower case.
    pub metadata: BTreeMap<String, String>,
}

/// Lay policy, advisory or VEX facts over a graph that is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("scheduler.graph_overlay_job")]
#[serde(rename_all = "camelCase")]
pub struct GraphOverlayJob {
    /// The graph to overlay: `grv_` and 64 hex digits.
    pub graph_revision_id: String,
    /// The job that built the graph.
    pub build_job_id: Option<Id<GraphJob>>,
    /// What is laid over.
    pub overlay_kind: GraphOverlayKind,
    /// Which one: a policy and its version, or a feed cursor.
    pub overlay_key: String,
    /// Package URLs to limit the overlay to, sorted; none means the whole graph.
    pub subjects: Option<Vec<String>>,
    /// What asked for the overlay: `policy`, `advisory-feed`, `vex-feed`, `manual`, …
    pub trigger: String,
    /// Free facts about the request, keys in lower case.
    pub metadata: BTreeMap<String, String>,
}

/// What is laid over a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum GraphOverlayKind {
    /// A policy's verdicts.
    Policy,
    /// Advisories.
    Advisory,
    /// VEX statements.
    Vex,
}

/// What a completed job made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("scheduler.graph_result")]
#[serde(rename_all = "camelCase")]
pub struct GraphResult {
    /// The stable id of the graph: `grv_` and a SHA-256; equal inputs give the same.
    pub graph_revision_id: String,
    /// How many nodes the graph has.
    pub node_count: u64,
    /// How many edges the graph has.
    pub edge_count: u64,
    /// The canonical graph itself; none where another store keeps it.
    pub graph: Option<serde_json::Map<String, serde_json::Value>>,
}

impl GraphJob {
    /// The id as the API writes it: `gbj_` and the UUID's 32 hex digits.
    pub fn api_id(&self) -> String {
        format!("gbj_{}", self.id.uuid().simple())
    }
}

impl GraphJobRepository {
    /// Asks for a build.
    ///
    /// # Errors
    /// As [`crate::Repository::insert`].
    pub async fn insert_build(
        &self,
        build: GraphBuildJob,
        correlation_id: Option<String>,
    ) -> Result<GraphJob, Error> {
        let row = GraphJob::new_row(GraphJobType::Build, GraphJobPayload::Build(build));
        self.insert(row.correlation_id(correlation_id)).await
    }

    /// Asks for an overlay.
    ///
    /// # Errors
    /// As [`crate::Repository::insert`].
    pub async fn insert_overlay(
        &self,
        overlay: GraphOverlayJob,
        correlation_id: Option<String>,
    ) -> Result<GraphJob, Error> {
        let row = GraphJob::new_row(GraphJobType::Overlay, GraphJobPayload::Overlay(overlay));
        self.insert(row.correlation_id(correlation_id)).await
    }

    /// The build of that id.
    ///
    /// # Errors
    /// As [`crate::Repository::get`].
    pub async fn get_build(&self, id: Id<GraphJob>) -> Result<Option<GraphJob>, Error> {
        self.get_of(GraphJobType::Build, id).await
    }

    /// The overlay of that id.
    ///
    /// # Errors
    /// As [`crate::Repository::get`].
    pub async fn get_overlay(&self, id: Id<GraphJob>) -> Result<Option<GraphJob>, Error> {
        self.get_of(GraphJobType::Overlay, id).await
    }

    /// Stores status, payload, result and reason of a build if its status is still the expected one,
    /// and says whether it was. A job that is no build is not replaced.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn try_replace_build(&self, job: &GraphJob, expected: GraphJobStatus) -> Result<bool, Error> {
        self.try_replace(GraphJobType::Build, job, expected).await
    }

    /// As [`GraphJobRepository::try_replace_build`], for an overlay.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn try_replace_overlay(&self, job: &GraphJob, expected: GraphJobStatus) -> Result<bool, Error> {
        self.try_replace(GraphJobType::Overlay, job, expected).await
    }

    /// Lists builds of one status or of every, newest first; rows of one instant by id.
    pub fn list_builds(&self, status: Option<GraphJobStatus>, limit: u32) -> List<GraphJob> {
        self.list_of(GraphJobType::Build, status, limit)
    }

    /// As [`GraphJobRepository::list_builds`], for overlays.
    pub fn list_overlays(&self, status: Option<GraphJobStatus>, limit: u32) -> List<GraphJob> {
        self.list_of(GraphJobType::Overlay, status, limit)
    }

    async fn get_of(&self, kind: GraphJobType, id: Id<GraphJob>) -> Result<Option<GraphJob>, Error> {
        Ok(self.get(id).await?.filter(|job| job.kind == kind))
    }

    async fn try_replace(
        &self,
        kind: GraphJobType,
        job: &GraphJob,
        expected: GraphJobStatus,
    ) -> Result<bool, Error> {
        if job.kind != kind {
            return Ok(false);
        }
        let swap = GraphJob::STATUS.from(expected).to(job.status);
        let patch = GraphJob::patch()
            .payload(job.payload.clone())
            .result(job.result.clone())
            .failure_reason(job.failure_reason.clone());
        Ok(self.compare_and_swap_with(job.id, swap, patch).await?.is_won())
    }

    fn list_of(&self, kind: GraphJobType, status: Option<GraphJobStatus>, limit: u32) -> List<GraphJob> {
        match status {
            Some(status) => self.list_by_type_status_newest(kind, status),
            None => self.list_by_type_newest(kind),
        }
        .limit(limit)
    }
}
