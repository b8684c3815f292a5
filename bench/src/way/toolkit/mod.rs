//! The toolkit, as a service uses it: the scope and the repository are made for each call.

use std::time::Duration;

use stellaops_db::schema::scheduler::{
    GraphJob, GraphJobPayload, GraphJobRepository, GraphJobStatus, GraphJobType, NewGraphJob, Run,
    ScheduleRepository, WorkerRepository,
};
use stellaops_db::{Database, Error, Id};

use crate::call::{Body, Call, LEASE, WORKER};
use crate::document::Payload;
use crate::verb::{CHILDREN, PAGE};

pub(crate) mod bulk;
pub(crate) mod queue;
pub(crate) mod stream;

/// Runs the call; the answer is the number of rows it was about.
pub(crate) async fn run(database: &Database, call: &Call) -> Result<usize, Error> {
    let scope = database.tenant(&call.tenant);
    let jobs = scope.repository::<GraphJobRepository>();
    Ok(match &call.body {
        Body::Get(id) => jobs.get(Id::from(*id)).await?.iter().count(),
        Body::Exists(id) => usize::from(jobs.exists(Id::from(*id)).await?),
        Body::GetByUnique(name) => {
            let workers = scope.repository::<WorkerRepository>();
            workers.get_by_name(name.as_str()).await?.iter().count()
        }
        Body::Insert(payload) => one(jobs.insert(new_row(payload)).await?),
        Body::InsertMany(payloads) => jobs
            .insert_many(payloads.iter().map(new_row))
            .returning()
            .await?
            .len(),
        Body::Upsert(id, payload) => one(jobs.upsert(new_row(payload).id(Id::from(*id))).await?),
        Body::Update(id, reason) => {
            let patch = GraphJob::patch().failure_reason(Some(reason.clone()));
            one(jobs.update(Id::from(*id), patch).await?)
        }
        Body::CompareAndSwap(id) => {
            let swap = GraphJob::STATUS
                .from(GraphJobStatus::Pending)
                .to(GraphJobStatus::Queued);
            usize::from(jobs.compare_and_swap(Id::from(*id), swap).await?.is_won())
        }
        Body::Delete(id) => usize::from(jobs.delete(Id::from(*id)).await?),
        Body::FirstPage => jobs.list(newest()).limit(PAGE as u32).await?.rows.len(),
        Body::LaterPage(start) => {
            let page = jobs.list(newest()).limit(PAGE as u32).at(start.cursor.clone());
            page.await?.rows.len()
        }
        Body::Family(id) => {
            let schedules = scope.repository::<ScheduleRepository>();
            let children = Run::BY_SCHEDULE_NEWEST.children(CHILDREN as u32);
            let found = schedules.get(Id::from(*id)).with(children).await?;
            found.map_or(0, |(parent, children)| {
                std::hint::black_box(parent);
                1 + children.len()
            })
        }
        Body::Count => {
            jobs.count([GraphJob::STATUS.eq(GraphJobStatus::Completed)])
                .await? as usize
        }
        Body::Claim => jobs.claim(WORKER, 1, Duration::from_millis(LEASE)).await?.len(),
    })
}

/// What is listed.
pub(crate) fn newest() -> stellaops_db::Order<GraphJob> {
    GraphJob::BY_STATUS_NEWEST.of(GraphJobStatus::Completed)
}

fn new_row(payload: &Payload) -> NewGraphJob {
    GraphJob::new_row(
        GraphJobType::Build,
        GraphJobPayload::Build(payload.clone().into()),
    )
}

fn one(row: GraphJob) -> usize {
    std::hint::black_box(row);
    1
}
