//! Every order of every table, as the typed repositories offer it.

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use stellaops_db::__private::{Parameter, Table};
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Cursor, Error, List, TenantScope};

use crate::samples::{Rows, digest};

/// A row as column names and values.
pub(crate) type Fields = BTreeMap<&'static str, Parameter>;

/// A page: rows, and where the next one begins.
pub(crate) type Answer = Result<(Vec<Fields>, Option<Cursor>), Error>;

/// One order: the table, the index of the spec, and its pages.
pub(crate) struct Listed {
    pub(crate) table: &'static str,
    pub(crate) index: &'static str,
    page: Box<dyn Fn(u32, Option<Cursor>) -> BoxFuture<'static, Answer> + Send + Sync>,
}

impl Listed {
    pub(crate) fn page(&self, limit: u32, after: Option<Cursor>) -> BoxFuture<'static, Answer> {
        (self.page)(limit, after)
    }

    /// All rows, in pages whose sizes `size` gives.
    pub(crate) async fn walk(&self, mut size: impl FnMut() -> u32) -> Vec<Fields> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let limit = size();
            let (page, next) = self
                .page(limit, after)
                .await
                .unwrap_or_else(|error| panic!("{}.{}: {error}", self.table, self.index));
            assert!(page.len() <= limit as usize);
            rows.extend(page);
            match next {
                Some(next) => after = Some(next),
                None => return rows,
            }
        }
    }
}

pub(crate) fn fields<T: Table>(row: &T) -> Fields {
    let table = T::DESCRIPTOR;
    let columns = table.columns.iter().take(table.fields).enumerate();
    columns
        .map(|(position, column)| (*column, row.parameter(position).expect("it was read")))
        .collect()
}

fn listed<T: Table>(index: &'static str, list: impl Fn() -> List<T> + Send + Sync + 'static) -> Listed {
    Listed {
        table: T::DESCRIPTOR.name,
        index,
        page: Box::new(move |limit, after| {
            let list = list().limit(limit);
            let list = match after {
                Some(after) => list.at(after),
                None => list,
            };
            Box::pin(async move {
                let page = list.await?;
                Ok((page.rows.iter().map(fields).collect(), page.next))
            })
        }),
    }
}

/// All orders of one tenant, pinned to the rows that [`crate::samples::populate`] makes.
pub(crate) fn lists(scope: &TenantScope, parents: &Rows) -> Vec<Listed> {
    let (schedule, job, run) = (parents.schedule.id, parents.job.id, parents.run.id);
    let snapshot = parents.snapshot.id;
    let mut all = Vec::new();
    macro_rules! lists {
        ($repository:ident: $($index:literal $method:ident($($pin:expr),*);)*) => {$(
            let own = scope.clone();
            all.push(listed($index, move || own.repository::<$repository>().$method($($pin),*)));
        )*};
    }
    lists! { GraphJobRepository:
        "by_newest" list_by_newest();
        "by_status_newest" list_by_status_newest(GraphJobStatus::Queued);
        "by_type_newest" list_by_type_newest(GraphJobType::Build);
        "by_type_status_newest" list_by_type_status_newest(GraphJobType::Build, GraphJobStatus::Queued);
        "by_sbom_newest" list_by_sbom_newest(digest(1));
        "by_status_oldest" list_by_status_oldest(GraphJobStatus::Queued);
    }
    lists! { PolicyJobRepository:
        "by_newest" list_by_newest();
        "by_status_newest" list_by_status_newest(PolicyJobStatus::Queued);
        "by_policy_newest" list_by_policy_newest("policy");
        "by_status_urgent" list_by_status_urgent(PolicyJobStatus::Queued);
    }
    lists! { RunRepository:
        "by_newest" list_by_newest();
        "by_state_newest" list_by_state_newest(RunState::Planning);
        "by_state_oldest" list_by_state_oldest(RunState::Planning);
        "by_schedule_newest" list_by_schedule_newest(schedule);
        "by_schedule_state_newest" list_by_schedule_state_newest(schedule, RunState::Planning);
        "by_impact_snapshot_newest" list_by_impact_snapshot_newest(snapshot);
    }
    lists! { ScheduleRepository:
        "by_newest_with_deleted" list_by_newest_with_deleted();
        "by_name" list_by_name();
        "by_newest" list_by_newest();
    }
    lists! { TriggerRepository:
        "by_due" list_by_due();
        "by_next_fire" list_by_next_fire();
        "by_schedule" list_by_schedule(schedule);
    }
    lists! { ImpactSnapshotRepository:
        "by_newest" list_by_newest();
        "by_selector_newest" list_by_selector_newest(digest(0));
    }
    lists! { ExecutionLogRepository:
        "by_run" list_by_run(run);
        "by_run_level" list_by_run_level(run, LogLevel::Info);
    }
    lists! { GraphJobEventRepository: "by_job_newest" list_by_job_newest(job); }
    lists! { WorkerRepository: "by_kind" list_by_kind(WorkerKind::Graph); }
    lists! { RunSummaryRepository: "by_schedule_newest" list_by_schedule_newest(schedule); }
    all
}
