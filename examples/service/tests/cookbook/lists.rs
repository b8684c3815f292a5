//! Lists of rows.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;
use stellaops_db::schema::scheduler::{
    GraphJob, GraphJobStatus, GraphJobType, Run, RunReason, RunRepository, Schedule,
};
use stellaops_db::schema::vuln::AdvisoryRepository;
use stellaops_db::{Id, Projection, QueryRow, Timestamp};

use crate::given::{Given, Tested, schedule};

#[tokio::test]
async fn a_page_and_the_next() -> Tested {
    let given = Given::with_jobs(60).await;
    let jobs = given.jobs;
    let queued = || jobs.list(GraphJob::BY_STATUS_NEWEST.of(GraphJobStatus::Queued)).limit(50);
    let page = queued().await?;
    let second = queued().at(page.next.ok_or("this is the last page")?).await?;
    assert_eq!((page.rows.len(), second.rows.len()), (50, 10));
    assert_eq!(queued().at(second.previous.ok_or("no way back")?).await?.rows, page.rows);
    Ok(())
}

#[tokio::test]
async fn only_some_of_the_rows() -> Tested {
    let given = Given::with_jobs(5).await;
    let jobs = given.jobs;
    let urgent = GraphJob::ATTEMPTS.ge(3).or(GraphJob::CORRELATION_ID.starts_with("nightly-"));
    let page = jobs.list(GraphJob::BY_NEWEST).filter(urgent).await?;
    assert_eq!(page.rows.len(), 0);
    Ok(())
}

#[tokio::test]
async fn how_many() -> Tested {
    let given = Given::with_jobs(5).await;
    let jobs = given.jobs;
    let waiting = jobs.count([GraphJob::STATUS.eq(GraphJobStatus::Queued)]).await?;
    let many = jobs.count_up_to(10_000, []).await?; // looks no further
    assert_eq!((waiting, many), (5, 5));
    Ok(())
}

#[tokio::test]
async fn some_of_the_columns() -> Tested {
    let given = Given::with_jobs(5).await;
    let jobs = given.jobs;
    #[derive(Debug, Projection)]
    #[projection("scheduler.graph_jobs", of = "GraphJob")]
    struct JobLine {
        id: Id<GraphJob>,
        status: GraphJobStatus,
    }

    let lines = jobs.list(GraphJob::BY_NEWEST).project::<JobLine>().await?;
    assert!(lines.rows.iter().all(|line| line.status == GraphJobStatus::Queued && !line.id.uuid().is_nil()));
    Ok(())
}

#[tokio::test]
async fn parents_with_their_children() -> Tested {
    let given = Given::new().await;
    let (scope, schedules) = (given.scope, given.schedules);
    let nightly = schedules.insert(schedule("nightly")).await?;
    let runs = scope.repository::<RunRepository>();
    for _ in 0..7 {
        runs.insert(Run::new_row(RunReason::Manual).schedule_id(Some(nightly.id))).await?;
    }
    let newest = Run::BY_SCHEDULE_NEWEST.children(5);
    let families = schedules.list(Schedule::BY_NAME).with(newest).await?; // rows of (Schedule, Vec<Run>)
    let page = runs.list(Run::BY_NEWEST).with(Run::SCHEDULE_ID).await?; // rows of (Run, Option<Schedule>)
    assert_eq!(families.rows[0].1.len(), 5);
    assert!(page.rows.iter().all(|(_, schedule)| schedule.is_some()));
    Ok(())
}

#[tokio::test]
async fn a_million_rows() -> Tested {
    let given = Given::with_jobs(500).await;
    let jobs = given.jobs;
    let mut seen = BTreeSet::new();
    let mut all = jobs.list(GraphJob::BY_NEWEST).stream();
    while let Some(job) = all.try_next().await? {
        seen.insert(job.id);
    }
    assert_eq!(seen.len(), 500);
    Ok(())
}

#[tokio::test]
async fn words() -> Tested {
    let given = Given::new().await;
    let scope = given.scope;
    let advisories = scope.repository::<AdvisoryRepository>();
    let best = advisories.search(r#"parser "heap overflow" -windows"#).limit(10).await?;
    assert_eq!(best.len(), 0);
    Ok(())
}

#[tokio::test]
async fn what_no_verb_says() -> Tested {
    let given = Given::with_jobs(5).await;
    let scope = given.scope;
    let since: Timestamp = "2020-01-01T00:00:00Z".parse()?;
    #[derive(Debug, QueryRow)]
    struct KindCount {
        kind: GraphJobType,
        number: i64,
    }

    let text = "SELECT type AS kind, count(*) AS number FROM scheduler.graph_jobs WHERE created_at > $1 GROUP BY type";
    let counts: Vec<KindCount> = scope.query(text).bind(since).all().await?;
    assert_eq!((counts[0].kind, counts[0].number), (GraphJobType::Build, 5));
    Ok(())
}
