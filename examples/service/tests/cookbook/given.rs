//! A database, two tenants, and rows to work on.

use std::collections::BTreeMap;

use service::{Failure, Place, work};
use stellaops_db::schema::scheduler::{
    GraphBuildJob, GraphJob, GraphJobPayload, GraphJobRepository, GraphJobType, GraphResult, ImageSelector,
    NewGraphJob, NewSchedule, Schedule, ScheduleMode, ScheduleRepository, SelectionScope,
};
use stellaops_db::{Database, TenantId, TenantScope};

/// What every task begins with.
pub(crate) struct Given {
    pub(crate) database: Database,
    pub(crate) scope: TenantScope,
    pub(crate) jobs: GraphJobRepository,
    pub(crate) schedules: ScheduleRepository,
    _place: Place,
}

impl Given {
    pub(crate) async fn new() -> Self {
        let place = Place::throwaway().await.unwrap();
        let scope = place.database.tenant(&tenant("acme"));
        Given {
            database: place.database.clone(),
            jobs: scope.repository(),
            schedules: scope.repository(),
            scope,
            _place: place,
        }
    }

    /// With so many queued jobs.
    pub(crate) async fn with_jobs(number: u32) -> Self {
        let given = Given::new().await;
        work::queue(&given.database, &tenant("acme"), number).await.unwrap();
        given
    }

    pub(crate) async fn some_job(&self) -> GraphJob {
        self.jobs.insert(self::job()).await.unwrap()
    }
}

pub(crate) type Tested = Result<(), Failure>;

pub(crate) fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

pub(crate) fn payload() -> GraphJobPayload {
    GraphJobPayload::Build(GraphBuildJob {
        sbom_id: "sbom-1".into(),
        sbom_version_id: "sbom-1-1".into(),
        sbom_digest: format!("sha256:{}", "5".repeat(64)),
        trigger: "manual".into(),
        metadata: BTreeMap::new(),
    })
}

pub(crate) fn job() -> NewGraphJob {
    GraphJob::new_row(GraphJobType::Build, payload())
}

pub(crate) fn result() -> GraphResult {
    let graph_revision_id = format!("grv_{}", "7".repeat(64));
    GraphResult { graph_revision_id, node_count: 1, edge_count: 0, graph: None }
}

pub(crate) fn schedule(name: &str) -> NewSchedule {
    let selection = ImageSelector {
        scope: SelectionScope::AllImages,
        namespaces: None,
        repositories: None,
        digests: None,
        labels: None,
        include_tags: None,
    };
    Schedule::new_row(name.into(), ScheduleMode::AnalysisOnly, selection, "me".into(), "me".into())
}
