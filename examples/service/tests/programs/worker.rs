use std::time::Duration;

use service::{Place, work};
use stellaops_db::schema::scheduler::{
    GraphJob, GraphJobEventRepository, GraphJobRepository, GraphJobStatus,
};
use tokio::process::Child;

use crate::given::{program, said, tenant, terminate};

const JOBS: u32 = 8;

async fn with_jobs() -> Place {
    let place = Place::throwaway().await.unwrap();
    for name in ["a", "b"] {
        work::queue(&place.database, &tenant(name), JOBS).await.unwrap();
    }
    place
}

async fn jobs(place: &Place) -> Vec<GraphJob> {
    let mut all = Vec::new();
    for name in ["a", "b"] {
        let jobs = place.database.tenant(&tenant(name)).repository::<GraphJobRepository>();
        all.extend(jobs.list(GraphJob::BY_NEWEST).await.unwrap().rows);
    }
    all
}

fn with_status(jobs: &[GraphJob], status: GraphJobStatus) -> usize {
    jobs.iter().filter(|job| job.status == status).count()
}

async fn until_it_works(place: &Place, child: &mut Child) {
    while with_status(&jobs(place).await, GraphJobStatus::Running) == 0 {
        assert_eq!(child.try_wait().unwrap(), None, "the worker has ended");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What it works on has an end, with an event in the same transaction; nothing is begun after that.
#[tokio::test]
async fn a_worker_that_is_terminated_ends_what_it_has_begun() {
    let place = with_jobs().await;
    let mut worker = program(env!("CARGO_BIN_EXE_worker"), &place);
    let mut child = worker.args(["--concurrency", "2", "--slow", "300"]).spawn().unwrap();
    until_it_works(&place, &mut child).await;
    terminate(&child).await;
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let jobs = jobs(&place).await;
    let completed = with_status(&jobs, GraphJobStatus::Completed);
    assert!(completed > 0);
    assert_eq!(completed + with_status(&jobs, GraphJobStatus::Queued), jobs.len());
    assert!(jobs.iter().all(|job| (job.status == GraphJobStatus::Completed) == job.result.is_some()));
    let told = said(&output);
    assert!(told.contains(&format!("{completed} graphs were built")), "{told}");
    let mut events = 0;
    for name in ["a", "b"] {
        let of_tenant = place.database.tenant(&tenant(name)).repository::<GraphJobEventRepository>();
        events += of_tenant.count([]).await.unwrap();
    }
    assert_eq!(events, completed as u64);
}

/// Its patience is over: the jobs are another worker's at once, without their leases running out.
#[tokio::test]
async fn a_worker_that_is_terminated_gives_back_what_takes_too_long() {
    let place = with_jobs().await;
    let mut worker = program(env!("CARGO_BIN_EXE_worker"), &place);
    let slow = ["--concurrency", "2", "--slow", "3600000", "--patience", "0"];
    let mut child = worker.args(slow).spawn().unwrap();
    until_it_works(&place, &mut child).await;
    terminate(&child).await;
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("2 jobs were given back"), "{}", said(&output));
    let mut claimed = 0;
    for name in ["a", "b"] {
        let jobs = place.database.tenant(&tenant(name)).repository::<GraphJobRepository>();
        claimed += jobs.claim("the next one", 100, Duration::from_secs(60)).await.unwrap().len();
    }
    assert_eq!(claimed, 2 * JOBS as usize);
}

#[tokio::test]
async fn a_demonstration_does_all_jobs_and_ends() {
    let place = Place::throwaway().await.unwrap();
    let output = program(env!("CARGO_BIN_EXE_worker"), &place).arg("--demo").output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let told = said(&output);
    assert!(told.contains("200 graphs were built"), "{told}");
    assert!(told.contains("22 were given up"), "{told}");
}
