//! A graph-job worker: claims a job, reads the project, builds the graph, stores what came of it.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::demo::go::{Fault, ModuleGraph};
use crate::demo::project::Project;
use crate::queue::{Failure, Leased};
use crate::schema::scheduler::{
    GraphBuildJob, GraphJob, GraphJobEvent, GraphJobEventPayload, GraphJobEventRepository, GraphJobPayload,
    GraphJobRepository, GraphJobStatus, GraphJobType, GraphResult,
};
use crate::{Database, Error, Id, TenantId, Transaction};

/// How long a worker may be silent before another one takes its job over.
const LEASE: Duration = Duration::from_secs(30);
/// The longest reason that a job keeps, in characters.
const MAX_REASON: usize = 4_000;

/// Inserts a build job for each project, and queues it.
pub(super) async fn ask_for_graphs(
    database: &Database,
    tenant: &TenantId,
    projects: &[Project],
) -> Result<(), Error> {
    for project in projects {
        let transaction = database.tenant(tenant).begin().await?;
        let jobs = transaction.repository::<GraphJobRepository>();
        let row = GraphJob::new_row(GraphJobType::Build, GraphJobPayload::Build(build_job(project)));
        let job = jobs.insert(row).await?;
        record(
            &transaction,
            job.id,
            GraphJobStatus::Pending,
            GraphJobEventPayload::default(),
        )
        .await?;
        let step = GraphJob::STATUS
            .from(GraphJobStatus::Pending)
            .to(GraphJobStatus::Queued);
        if jobs.compare_and_swap(job.id, step).await?.is_won() {
            record(
                &transaction,
                job.id,
                GraphJobStatus::Queued,
                GraphJobEventPayload::default(),
            )
            .await?;
        }
        transaction.commit().await?;
    }
    Ok(())
}

/// Works for all tenants in turn until none has a job left.
pub(super) async fn work(
    database: &Database,
    tenants: &[TenantId],
    projects: &[Project],
    worker: &str,
) -> Result<(), Error> {
    loop {
        let mut idle = true;
        for tenant in tenants {
            let jobs = database.tenant(tenant).repository::<GraphJobRepository>();
            for job in jobs.claim(worker, 1, LEASE).await? {
                idle = false;
                finish(database, tenant, &job, worker, build(&job, projects)).await?;
            }
        }
        if idle {
            return Ok(());
        }
    }
}

/// What building the graph of a job came to: the graph, or the reason for people.
fn build(job: &GraphJob, projects: &[Project]) -> Result<ModuleGraph, String> {
    let GraphJobPayload::Build(asked) = &job.payload else {
        return Err("this worker builds graphs; it lays nothing over them".into());
    };
    let name = asked
        .metadata
        .get("project")
        .map(String::as_str)
        .unwrap_or_default();
    let project = projects
        .iter()
        .find(|project| project.name == name)
        .ok_or_else(|| format!("there is no project `{name}`"))?;
    ModuleGraph::build(&project.files).map_err(|faults| reason(&faults))
}

/// Stores the result, ends the job and records it: all of it or nothing.
async fn finish(
    database: &Database,
    tenant: &TenantId,
    job: &Leased<GraphJob>,
    worker: &str,
    built: Result<ModuleGraph, String>,
) -> Result<(), Error> {
    let transaction = database.tenant(tenant).begin().await?;
    let event = GraphJobEventPayload {
        attempt: u32::try_from(job.attempts).ok(),
        worker: Some(worker.into()),
        ..GraphJobEventPayload::default()
    };
    record(&transaction, job.id, GraphJobStatus::Running, event.clone()).await?;
    match end(&transaction, job, built, event).await {
        Ok((status, event)) => {
            record(&transaction, job.id, status, event).await?;
            transaction.commit().await
        }
        // The lease ran out and another worker has the job: what was done here is forgotten.
        Err(Error::LeaseLost { .. }) => transaction.rollback().await,
        Err(other) => Err(other),
    }
}

/// Completes the job or gives it up; what it has become, and what is recorded of that.
async fn end(
    transaction: &Transaction,
    job: &Leased<GraphJob>,
    built: Result<ModuleGraph, String>,
    event: GraphJobEventPayload,
) -> Result<(GraphJobStatus, GraphJobEventPayload), Error> {
    let jobs = transaction.repository::<GraphJobRepository>();
    match built {
        Ok(graph) => {
            let patch = GraphJob::patch().result(Some(stored(&graph)));
            let event = GraphJobEventPayload {
                graph_revision_id: Some(graph.revision_id()),
                ..event
            };
            let completed = jobs.complete_with(job, patch).await?;
            Ok((completed.status, event))
        }
        Err(reason) => {
            let failure = Failure::new(&reason).for_good();
            let event = GraphJobEventPayload {
                reason: Some(reason),
                ..event
            };
            let failed = jobs.fail(job, failure).await?;
            Ok((failed.into_row().status, event))
        }
    }
}

async fn record(
    transaction: &Transaction,
    job: Id<GraphJob>,
    status: GraphJobStatus,
    payload: GraphJobEventPayload,
) -> Result<(), Error> {
    let events = transaction.repository::<GraphJobEventRepository>();
    events
        .insert(GraphJobEvent::new_row(job, status, payload))
        .await
        .map(|_| ())
}

fn build_job(project: &Project) -> GraphBuildJob {
    let mut hash = Sha256::new();
    for (path, text) in project.files.iter() {
        hash.update(path.as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    GraphBuildJob {
        sbom_id: format!("sbom-{}", project.name),
        sbom_version_id: format!("sbom-{}-1", project.name),
        sbom_digest: format!("sha256:{digest}"),
        trigger: "manual".into(),
        metadata: BTreeMap::from([("project".to_string(), project.name.clone())]),
    }
}

fn stored(graph: &ModuleGraph) -> GraphResult {
    GraphResult {
        graph_revision_id: graph.revision_id(),
        node_count: graph.nodes.len() as u64,
        edge_count: graph.edges.len() as u64,
        graph: serde_json::to_value(graph)
            .ok()
            .and_then(|graph| graph.as_object().cloned()),
    }
}

/// Every fault on a line, cut to what the column holds.
fn reason(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| {
            format!(
                "{}:{}:{}: {}",
                fault.file, fault.line, fault.column, fault.message
            )
        })
        .collect();
    lines.join("\n").chars().take(MAX_REASON).collect()
}
