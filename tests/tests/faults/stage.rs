//! One verb, ready to run once, and what must hold afterwards.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::PgConnection;
use stellaops_db::queue::Leased;
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Database, Error, NamedRepository, SystemScope, TenantId, TenantScope};

use crate::support::{Fixture, tenant};

/// A verb of the runtime.
pub(crate) struct Verb {
    pub(crate) name: &'static str,
    /// The functions of the runtime that it calls, each as `<file> <name>`.
    pub(crate) covers: &'static [&'static str],
    pub(crate) effect: Effect,
    /// Prepares rows past the proxy, and gives the call.
    pub(crate) stage: for<'a> fn(&'a Stage) -> BoxFuture<'a, Call>,
}

/// A call through the proxy.
pub(crate) struct Call(pub(crate) BoxFuture<'static, Result<(), Error>>);

/// What a verb does to what is stored.
#[derive(Clone, Copy)]
pub(crate) enum Effect {
    /// Nothing.
    Reads,
    /// A number that a superuser sees becomes another one, in one step. `$1` is the tenant.
    Writes {
        look: &'static str,
        before: i64,
        after: i64,
    },
    /// Nothing that is stored: it sends nothing that could be waited for, or holds a lock.
    Holds,
}

impl Effect {
    /// What there is to see now.
    pub(crate) async fn seen(self, superuser: &mut PgConnection, tenant: &TenantId) -> Option<i64> {
        let Effect::Writes { look, .. } = self else {
            return None;
        };
        let seen = sqlx::query_scalar(look).bind(tenant.as_str());
        Some(
            seen.fetch_one(superuser)
                .await
                .expect("there is something to see"),
        )
    }
}

/// Makes a [`Verb`] from a block that prepares and ends with the call.
macro_rules! verb {
    ($name:literal, [$($covers:literal),*], $effect:expr, |$stage:ident| $body:block) => {
        $crate::stage::Verb {
            name: $name,
            covers: &[$($covers),*],
            effect: $effect,
            stage: |$stage| Box::pin(async move {
                let call = $body;
                $crate::stage::Call(Box::pin(call))
            }),
        }
    };
}

/// Where a verb runs: a tenant of its own, which nobody else has.
pub(crate) struct Stage {
    pub(crate) tenant: TenantId,
    /// Through the proxy.
    pub(crate) db: Database,
    /// Past the proxy.
    pub(crate) past: Database,
    /// Through the proxy.
    pub(crate) system: Arc<SystemScope>,
}

pub(crate) const LEASE: Duration = Duration::from_secs(600);

impl Stage {
    pub(crate) fn new(fixture: &Fixture, number: u32) -> Self {
        Stage {
            tenant: tenant(&format!("tenant {number}")),
            db: fixture.db.clone(),
            past: fixture.past.clone(),
            system: fixture.system.clone(),
        }
    }

    pub(crate) fn scope(&self) -> TenantScope {
        self.db.tenant(&self.tenant)
    }

    /// A repository of the verb's.
    pub(crate) fn on<R: NamedRepository>(&self) -> R {
        self.scope().repository()
    }

    /// A repository past the proxy.
    pub(crate) fn past<R: NamedRepository>(&self) -> R {
        self.past.tenant(&self.tenant).repository()
    }

    /// A job that waits.
    pub(crate) async fn job(&self) -> GraphJob {
        let jobs = self.past::<GraphJobRepository>();
        jobs.insert(graph_job()).await.expect("inserts")
    }

    /// A job with a result.
    pub(crate) async fn job_with_result(&self) -> GraphJob {
        let jobs = self.past::<GraphJobRepository>();
        let patch = GraphJob::patch().result(Some(result()));
        jobs.update(self.job().await.id, patch).await.expect("updates")
    }

    /// A job that a worker holds.
    pub(crate) async fn held(&self) -> Leased<GraphJob> {
        let jobs = self.past::<GraphJobRepository>();
        jobs.insert(queued()).await.expect("inserts");
        let mut claimed = jobs.claim("worker", 1, LEASE).await.expect("claims");
        claimed.pop().expect("one is claimed")
    }

    /// A schedule.
    pub(crate) async fn schedule(&self) -> Schedule {
        let schedules = self.past::<ScheduleRepository>();
        schedules.insert(schedule("nightly")).await.expect("inserts")
    }
}

pub(crate) fn graph_job() -> NewGraphJob {
    let build = GraphBuildJob {
        sbom_id: "sbom".into(),
        sbom_version_id: "version".into(),
        sbom_digest: format!("sha256:{:064x}", 1),
        trigger: "manual".into(),
        metadata: Default::default(),
    };
    GraphJob::new_row(GraphJobType::Build, GraphJobPayload::Build(build))
}

/// What a job makes.
pub(crate) fn result() -> GraphResult {
    GraphResult {
        graph_revision_id: format!("grv_{:064x}", 2),
        node_count: 1,
        edge_count: 0,
        graph: None,
    }
}

pub(crate) fn queued() -> NewGraphJob {
    graph_job().status(GraphJobStatus::Queued)
}

/// A job that the call makes.
pub(crate) fn new_job() -> NewGraphJob {
    graph_job().correlation_id(Some("new".into()))
}

/// What the call changes.
pub(crate) fn changed() -> GraphJobPatch {
    GraphJob::patch().failure_reason(Some("changed".into()))
}

pub(crate) fn schedule(name: &str) -> NewSchedule {
    let selector = ImageSelector {
        scope: SelectionScope::AllImages,
        namespaces: None,
        repositories: None,
        digests: None,
        labels: None,
        include_tags: None,
    };
    let limits = ScheduleLimits {
        images_per_minute: Some(3),
        ..ScheduleLimits::default()
    };
    let by = || "user".to_owned();
    Schedule::new_row(name.into(), ScheduleMode::AnalysisOnly, selector, by(), by()).limits(Some(limits))
}
