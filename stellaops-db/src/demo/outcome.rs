//! What happened, for people and for machines.

use std::fmt;

use serde::Serialize;
use sqlx::{Connection as _, PgConnection};

use crate::demo::attempt::{Attempt, Guard};
use crate::demo::go::ModuleGraph;
use crate::demo::project::{Expectation, Project};
use crate::demo::{DemoError, provision};
use crate::schema::scheduler::{
    GraphJob, GraphJobEvent, GraphJobEventRepository, GraphJobPayload, GraphJobRepository, GraphJobStatus,
    TriggerRepository,
};
use crate::testing::PostgresServer;
use crate::{Database, Error, TenantId};

/// How many lines of a job's result are shown.
const MAX_LINES: usize = 3;

/// What a run of the demonstration came to. `Display` prints it for people.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// The major version of the PostgreSQL.
    pub postgresql: u32,
    /// What happened for each tenant.
    pub tenants: Vec<TenantOutcome>,
    /// One tenant's attempts on the other's rows.
    pub attempts: Vec<Attempt>,
    /// What the system scope left as evidence: who, why, how many statements.
    pub evidence: Vec<String>,
}

/// What happened for a tenant.
#[derive(Debug, Clone, Serialize)]
pub struct TenantOutcome {
    /// The tenant.
    pub tenant: TenantId,
    /// Its jobs, by project.
    pub jobs: Vec<JobOutcome>,
}

/// What became of a job.
#[derive(Debug, Clone, Serialize)]
pub struct JobOutcome {
    /// The project.
    pub project: String,
    /// The id that the API shows.
    pub id: String,
    /// The last status.
    pub status: String,
    /// The statuses it went through.
    pub steps: Vec<String>,
    /// The worker that ended it.
    pub worker: String,
    /// The graph's id and size, or the reason of the failure.
    pub result: String,
    /// Whether it is what was expected of the project.
    pub as_expected: bool,
}

impl Outcome {
    /// Whether every job came to what was expected and every attempt was refused.
    pub fn is_as_expected(&self) -> bool {
        let jobs = self.tenants.iter().flat_map(|tenant| &tenant.jobs);
        self.attempts.iter().all(|attempt| attempt.refused) && jobs.into_iter().all(|job| job.as_expected)
    }
}

/// Reads back what the workers stored.
pub(super) async fn of_tenant(
    database: &Database,
    tenant: &TenantId,
    projects: &[Project],
) -> Result<TenantOutcome, Error> {
    let scope = database.tenant(tenant);
    let page = scope
        .repository::<GraphJobRepository>()
        .list(GraphJob::BY_NEWEST)
        .limit(1_000)
        .await?;
    let events = scope.repository::<GraphJobEventRepository>();
    let mut jobs = Vec::new();
    for job in page.rows {
        let history = events
            .list(GraphJobEvent::BY_JOB_NEWEST.of(job.id))
            .limit(100)
            .await?
            .rows;
        jobs.push(of_job(&job, history, projects));
    }
    jobs.sort_by(|left, right| left.project.cmp(&right.project));
    Ok(TenantOutcome {
        tenant: tenant.clone(),
        jobs,
    })
}

fn of_job(job: &GraphJob, mut history: Vec<GraphJobEvent>, projects: &[Project]) -> JobOutcome {
    history.reverse();
    let name = match &job.payload {
        GraphJobPayload::Build(asked) => asked.metadata.get("project").cloned().unwrap_or_default(),
        GraphJobPayload::Overlay(_) => String::new(),
    };
    let expectation = projects
        .iter()
        .find(|project| project.name == name)
        .map(|project| &project.expectation);
    let result = match (&job.result, &job.failure_reason) {
        (Some(result), _) => format!(
            "{} ({} nodes, {} edges)",
            result.graph_revision_id, result.node_count, result.edge_count
        ),
        (None, reason) => reason.clone().unwrap_or_default(),
    };
    JobOutcome {
        id: job.api_id(),
        status: format!("{:?}", job.status).to_lowercase(),
        steps: history
            .iter()
            .map(|event| format!("{:?}", event.status).to_lowercase())
            .collect(),
        worker: history
            .last()
            .and_then(|event| event.payload.worker.clone())
            .unwrap_or_default(),
        result,
        as_expected: expectation.is_some_and(|expectation| is_met(job, expectation)),
        project: name,
    }
}

/// The stored graph is compared as data, so that its way through the database is part of the proof.
fn is_met(job: &GraphJob, expectation: &Expectation) -> bool {
    let stored = job
        .result
        .as_ref()
        .and_then(|result| result.graph.clone())
        .map(serde_json::Value::Object);
    match expectation {
        Expectation::Graph(expected) => {
            let graph: Option<ModuleGraph> = stored.and_then(|graph| serde_json::from_value(graph).ok());
            job.status == GraphJobStatus::Completed && graph.as_ref() == Some(expected.as_ref())
        }
        Expectation::Faults => job.status == GraphJobStatus::Failed && job.failure_reason.is_some(),
        Expectation::Anything => matches!(job.status, GraphJobStatus::Completed | GraphJobStatus::Failed),
    }
}

/// A system scope looks across tenants; what it left as evidence is read as an administrator would.
pub(super) async fn look_across(
    database: &Database,
    server: &PostgresServer,
) -> Result<Vec<String>, DemoError> {
    let system = database
        .system("demonstration: count the triggers of all tenants")
        .await?;
    system.across_tenants::<TriggerRepository>().count([]).await?;
    system.close().await?;
    let mut administrator = PgConnection::connect_with(&server.connect_options(provision::DATABASE)).await?;
    let rows: Vec<(String, String, i64)> = sqlx::query_as(EVIDENCE).fetch_all(&mut administrator).await?;
    administrator.close().await?;
    Ok(rows
        .into_iter()
        .map(|(who, reason, statements)| format!("{who}: {reason} ({statements} statement)"))
        .collect())
}

const EVIDENCE: &str = "SELECT who::text, reason, statements FROM stellaops.system_access WHERE ended_at IS NOT NULL ORDER BY id";

impl Outcome {
    fn fmt_attempts(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (guard, title) in [
            (Guard::Types, "refused by the types: the program does not compile"),
            (
                Guard::Predicate,
                "refused by the predicate: the repository names the tenant in every statement",
            ),
            (
                Guard::Database,
                "refused by the database: row-level security, whatever the SQL says",
            ),
        ] {
            writeln!(formatter, "  {title}")?;
            for attempt in self.attempts.iter().filter(|attempt| attempt.guard == guard) {
                let sign = if attempt.refused { "ok  " } else { "HOLE" };
                writeln!(formatter, "    {sign} {:<62} {}", attempt.what, attempt.answer)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "PostgreSQL {}, started for this run; schema `scheduler` created from the specs.",
            self.postgresql
        )?;
        for tenant in &self.tenants {
            writeln!(formatter, "\nTenant {}", tenant.tenant)?;
            for job in &tenant.jobs {
                job.fmt(formatter)?;
            }
        }
        writeln!(formatter, "\nOne tenant's attempts on the other's rows")?;
        self.fmt_attempts(formatter)?;
        writeln!(
            formatter,
            "\nWork across tenants leaves a row in stellaops.system_access"
        )?;
        for line in &self.evidence {
            writeln!(formatter, "  {line}")?;
        }
        let jobs: Vec<_> = self.tenants.iter().flat_map(|tenant| &tenant.jobs).collect();
        let met = jobs.iter().filter(|job| job.as_expected).count();
        let refused = self.attempts.iter().filter(|attempt| attempt.refused).count();
        writeln!(
            formatter,
            "\n{met} of {} jobs as expected, {refused} of {} attempts refused.",
            jobs.len(),
            self.attempts.len()
        )
    }
}

impl fmt::Display for JobOutcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.as_expected { "ok  " } else { "BAD " };
        writeln!(
            formatter,
            "  {sign} {:<10} {:<9} by {}  {}",
            self.project,
            self.status,
            self.worker,
            self.steps.join(" > ")
        )?;
        for line in self.result.lines().take(MAX_LINES) {
            writeln!(formatter, "       {line}")?;
        }
        match self.result.lines().count().saturating_sub(MAX_LINES) {
            0 => Ok(()),
            more => writeln!(
                formatter,
                "       … and {more} more, all in the job's failure_reason"
            ),
        }
    }
}
