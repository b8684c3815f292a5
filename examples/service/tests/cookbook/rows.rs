//! Single rows, and many at once.

use stellaops_db::bulk::{BulkProgress, OnConflict};
use stellaops_db::schema::scheduler::{
    GraphJob, GraphJobRepository, GraphJobStatus, GraphJobType, GraphResult, Schedule,
};
use stellaops_db::{Config, ContentHash, Database, Error, Swapped, TenantId, path};

use crate::given::{Given, Tested, job, payload, result, schedule, tenant};

/// Compiled only: the environment of a test names no database.
#[allow(dead_code)]
async fn connect() -> Tested {
    let database = Database::connect(&Config::from_environment()?).await?;
    database.close().await;
    Ok(())
}

#[tokio::test]
async fn the_rows_of_a_tenant() -> Tested {
    let given = Given::with_jobs(2).await;
    let database = given.database;
    let acme = TenantId::new("acme")?;
    let jobs = database.tenant(&acme).repository::<GraphJobRepository>();
    assert_eq!(jobs.count([]).await?, 2);
    assert_eq!(database.tenant(&tenant("globex")).repository::<GraphJobRepository>().count([]).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_row() -> Tested {
    let given = Given::new().await;
    let jobs = given.jobs;
    let payload = payload();
    let row = GraphJob::new_row(GraphJobType::Build, payload).status(GraphJobStatus::Queued);
    let job = jobs.insert(row).await?;
    assert_eq!(job.status, GraphJobStatus::Queued);
    Ok(())
}

#[tokio::test]
async fn many_rows() -> Tested {
    let given = Given::new().await;
    let jobs = given.jobs;
    let rows = (0..300).map(|_| job());
    let tell = |so_far: BulkProgress| println!("{} rows", so_far.done);
    let report = jobs.insert_many(rows).progress(tell).keep_going().await?;
    for row in &report.refused {
        println!("row {}: {}", row.position, row.reason);
    }
    assert_eq!((report.inserted, report.refused.len()), (300, 0));
    Ok(())
}

#[tokio::test]
async fn one_row_by_a_key() -> Tested {
    let given = Given::new().await;
    let id = given.some_job().await.id;
    given.schedules.insert(schedule("nightly")).await?;
    let (jobs, schedules) = (given.jobs, given.schedules);
    let job = jobs.get(id).await?;
    let nightly = schedules.get_by_name("nightly").await?;
    assert!(job.is_some() && nightly.is_some());
    Ok(())
}

#[tokio::test]
async fn some_columns() -> Tested {
    let given = Given::new().await;
    let nightly = given.schedules.insert(schedule("nightly")).await?;
    let schedules = given.schedules;
    let patch = Schedule::patch().enabled(false).updated_by("ada".into());
    let nightly = schedules.update(nightly.id, patch).await?;
    assert_eq!((nightly.enabled, nightly.updated_by.as_str()), (false, "ada"));
    Ok(())
}

#[tokio::test]
async fn only_what_nobody_has_changed_meanwhile() -> Tested {
    let given = Given::new().await;
    let read = given.schedules.insert(schedule("nightly")).await?;
    given.schedules.update(read.id, Schedule::patch().enabled(false)).await?;
    let schedules = given.schedules;
    let patch = || Schedule::patch().timezone("Europe/Vienna".into());
    match schedules.update_expecting(read.id, read.row_version, patch()).await {
        Ok(stored) => println!("version {}", stored.row_version),
        Err(Error::VersionConflict { found, .. }) => println!("it is version {found} by now"),
        Err(other) => return Err(other.into()),
    }
    let refused = schedules.update_expecting(read.id, read.row_version, patch()).await;
    assert!(matches!(refused, Err(Error::VersionConflict { found: 2, .. })));
    Ok(())
}

#[tokio::test]
async fn a_status_by_a_legal_step() -> Tested {
    let given = Given::new().await;
    let (id, jobs) = (given.some_job().await.id, given.jobs);
    let step = GraphJob::STATUS.from(GraphJobStatus::Pending).to(GraphJobStatus::Queued);
    match jobs.compare_and_swap(id, step).await? {
        Swapped::Won(job) => println!("{} is queued", job.id),
        Swapped::Lost => println!("it was not pending any more"),
    }
    assert_eq!(jobs.count([GraphJob::STATUS.eq(GraphJobStatus::Queued)]).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_member_of_a_document() -> Tested {
    let given = Given::new().await;
    let (id, jobs) = (given.some_job().await.id, given.jobs);
    jobs.update(id, GraphJob::patch().result(Some(result()))).await?;
    let nodes = GraphJob::RESULT.at(path!(GraphResult: node_count));
    let job = jobs.edit(id, [nodes.set(3)]).await?;
    assert_eq!(job.result.map(|result| result.node_count), Some(3));
    Ok(())
}

#[tokio::test]
async fn rows_that_may_be_there_already() -> Tested {
    let given = Given::new().await;
    let schedules = given.schedules;
    schedules.insert(schedule("nightly").enabled(false)).await?;
    let rows = [schedule("nightly"), schedule("weekly")];
    let known = OnConflict::overwrite().by(Schedule::UNIQUE_NAME); // or skip()
    let report = schedules.upsert_many(rows).on_conflict(known).await?;
    println!("{} new, {} changed, {} as they were", report.inserted, report.updated, report.unchanged);
    assert_eq!((report.inserted, report.updated), (1, 1));
    Ok(())
}

#[tokio::test]
async fn equal_documents() -> Tested {
    let payload = payload();
    let digest = ContentHash::of(&payload)?;
    assert_eq!(ContentHash::of(&self::payload())?, digest);
    Ok(())
}

#[tokio::test]
async fn a_row_that_can_come_back() -> Tested {
    let given = Given::new().await;
    let nightly = given.schedules.insert(schedule("nightly")).await?;
    let schedules = given.schedules;
    schedules.soft_delete(nightly.id).await?;
    schedules.restore(nightly.id).await?;
    assert!(schedules.get(nightly.id).await?.is_some());
    Ok(())
}
