//! Queues, the system's own work, and tests.

use std::sync::Arc;
use std::time::Duration;

use stellaops_db::queue::{Done, Job, Worker};
use stellaops_db::schema::scheduler::{
    self, GraphJob, GraphJobRepository, GraphJobStatus, GraphResult, Trigger, TriggerRepository,
};
use stellaops_db::schema::vuln::{DocumentFormat, Source, SourceKind, SourceRepository};
use stellaops_db::testing::{FixedClock, SequentialIds, TemplateDatabase, ensure_login, shared_server};
use stellaops_db::{Config, Database, Timestamp};

use crate::given::{Given, Tested, job, result, schedule, tenant};

async fn build(job: &GraphJob) -> Result<GraphResult, String> {
    match job.attempts {
        1 => Ok(result()),
        _ => Err("once is enough".into()),
    }
}

#[tokio::test]
async fn a_queue() -> Tested {
    let given = Given::with_jobs(5).await;
    let (database, jobs) = (given.database, given.jobs);
    let stop = async {
        while jobs.count([GraphJob::STATUS.eq(GraphJobStatus::Completed)]).await.unwrap_or(0) < 5 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let worker = Worker::new("graph-builder").concurrency(4);
    let reason = "builds the graphs of all tenants";
    let report = worker
        .run_across(&database, reason, stop, async |job: Arc<Job<GraphJob>>| {
            let result = build(&job).await?; // an error is tried again later
            Ok(Done::with(GraphJob::patch().result(Some(result))))
        })
        .await?;
    println!("{} built, {} to be tried again", report.completed, report.failed);
    assert_eq!((report.completed, report.failed), (5, 0));
    Ok(())
}

#[tokio::test]
async fn a_queue_by_hand() -> Tested {
    let given = Given::with_jobs(5).await;
    let jobs = given.jobs;
    for job in jobs.claim("builder-1", 10, Duration::from_secs(60)).await? {
        match build(&job).await {
            Ok(result) => drop(jobs.complete_with(&job, GraphJob::patch().result(Some(result))).await?),
            Err(reason) => drop(jobs.fail(&job, reason).await?),
        }
    }
    assert_eq!(jobs.count([GraphJob::STATUS.eq(GraphJobStatus::Completed)]).await?, 5);
    Ok(())
}

#[tokio::test]
async fn slow_statements() -> Tested {
    let given = Given::with_jobs(1).await;
    let database = given.database;
    let database = database.with_slow_statements(Duration::from_millis(200), true); // `slow_statement` in the configuration
    let jobs = database.tenant(&tenant("acme")).repository::<GraphJobRepository>();
    assert_eq!(jobs.count([]).await?, 1);
    Ok(())
}

#[tokio::test]
async fn all_tenants() -> Tested {
    let given = Given::new().await;
    let (database, scope, schedules) = (given.database, given.scope, given.schedules);
    let nightly = schedules.insert(schedule("nightly")).await?;
    let next: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    scope.repository::<TriggerRepository>().insert(Trigger::new_row(nightly.id, next)).await?;
    let system = database.system("looks at what fires next").await?; // leaves evidence
    let triggers = system.across_tenants::<TriggerRepository>();
    let next = triggers.list(Trigger::BY_NEXT_FIRE_EVERYWHERE).limit(10).await?;
    system.close().await?;
    assert_eq!(next.rows[0].tenant_id, tenant("acme"));
    Ok(())
}

#[tokio::test]
async fn what_all_tenants_read() -> Tested {
    let given = Given::new().await;
    let database = given.database;
    let (kind, format) = (SourceKind::Vendor, DocumentFormat::Csaf);
    let address = "https://security.example.com/csaf/".to_owned();
    let row = Source::new_row("example".into(), "Example".into(), kind, format, address, "me".into());
    let system = database.system("adds a source of advisories").await?;
    let source = system.repository::<SourceRepository>().insert(row).await?;
    system.close().await?;
    let read = database.tenant(&tenant("acme")).repository::<SourceRepository>().get(source.id).await?;
    assert_eq!(read, Some(source));
    Ok(())
}

#[tokio::test]
async fn a_test_of_your_own() -> Tested {
    let server = shared_server().await;
    let template = TemplateDatabase::from_scripts(server, "my service", &[scheduler::SQL]).await?;
    ensure_login(server, "my_service", &["scheduler_app"], false).await?;
    let place = template.clone_database().await?; // dropped with this value
    let clock = FixedClock::default();
    let database = Database::connect(&Config::from_options(place.connect_options_as("my_service"))).await?;
    let database = database.with_clock(clock.clone()).with_ids(SequentialIds::new());
    let jobs = database.tenant(&tenant("acme")).repository::<GraphJobRepository>();
    let first = jobs.insert(job()).await?;
    clock.advance(Duration::from_secs(1));
    let second = jobs.insert(job()).await?;
    assert_eq!(second.created_at.utc() - first.created_at.utc(), chrono::TimeDelta::seconds(1));
    database.close().await;
    Ok(())
}
