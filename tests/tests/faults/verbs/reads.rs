//! Verbs that change nothing.

use futures_util::TryStreamExt;
use stellaops_db::Rows;
use stellaops_db::schema::scheduler::*;
use stellaops_db_tests::library::{Book, BookRepository};

use crate::stage::{Effect::Reads, Verb, schedule};

pub(super) fn verbs() -> Vec<Verb> {
    let mut verbs = rows();
    verbs.extend(lists());
    verbs
}

fn rows() -> Vec<Verb> {
    vec![
        verb!("get", ["repository/find.rs Find"], Reads, |stage| {
            let job = stage.job().await;
            let jobs = stage.on::<GraphJobRepository>();
            async move { jobs.get(job.id).await.map(|read| assert_eq!(read, Some(job))) }
        }),
        verb!("find by a unique key", [], Reads, |stage| {
            let row = stage.schedule().await;
            let schedules = stage.on::<ScheduleRepository>();
            async move {
                let found = schedules.get_by_name(row.name.clone()).await;
                found.map(|found| assert_eq!(found, Some(row)))
            }
        }),
        verb!(
            "find with its parent",
            ["repository/with.rs FindWith"],
            Reads,
            |stage| {
                let schedule = stage.schedule().await;
                let row = Run::new_row(RunReason::Manual).schedule_id(Some(schedule.id));
                let run = stage.past::<RunRepository>().insert(row).await.expect("inserts");
                let runs = stage.on::<RunRepository>();
                async move {
                    let found = runs.get(run.id).with(Run::SCHEDULE_ID).await?;
                    assert!(found.is_some_and(|(run, parent)| run.schedule_id == parent.map(|of| of.id)));
                    Ok(())
                }
            }
        ),
        verb!("exists", ["repository/exists.rs exists"], Reads, |stage| {
            let job = stage.job().await;
            let jobs = stage.on::<GraphJobRepository>();
            async move { jobs.exists(job.id).await.map(|there| assert!(there)) }
        }),
        verb!("count", ["repository/count.rs count"], Reads, |stage| {
            stage.job().await;
            let jobs = stage.on::<GraphJobRepository>();
            async move { jobs.count([]).await.map(|number| assert_eq!(number, 1)) }
        }),
        verb!(
            "count up to",
            ["repository/count.rs count_up_to"],
            Reads,
            |stage| {
                stage.job().await;
                let jobs = stage.on::<GraphJobRepository>();
                async move { jobs.count_up_to(9, []).await.map(|number| assert_eq!(number, 1)) }
            }
        ),
        verb!("estimate", ["repository/count.rs estimate"], Reads, |stage| {
            stage.job().await;
            let jobs = stage.on::<GraphJobRepository>();
            async move { jobs.estimate([]).await.map(drop) }
        }),
    ]
}

fn lists() -> Vec<Verb> {
    vec![
        verb!("list", ["repository/list.rs List"], Reads, |stage| {
            let job = stage.job().await;
            let jobs = stage.on::<GraphJobRepository>();
            async move {
                let page = jobs.list_by_newest().await?;
                assert_eq!(page.rows, [job]);
                Ok(())
            }
        }),
        verb!(
            "list by the trait",
            ["repository/rows.rs Listed"],
            Reads,
            |stage| {
                let job = stage.job().await;
                let jobs = stage.on::<GraphJobRepository>();
                async move {
                    let page = Rows::list(&*jobs, GraphJob::BY_NEWEST).await?;
                    assert_eq!(page.rows, [job]);
                    Ok(())
                }
            }
        ),
        verb!(
            "list with parents",
            ["repository/with.rs ListWith"],
            Reads,
            |stage| {
                stage.schedule().await;
                let schedules = stage.on::<ScheduleRepository>();
                async move {
                    let children = Run::BY_SCHEDULE_NEWEST.children(2);
                    let page = schedules.list(Schedule::BY_NAME).with(children).await?;
                    assert_eq!(page.rows.len(), 1);
                    Ok(())
                }
            }
        ),
        verb!(
            "children of each",
            ["repository/with.rs of_each"],
            Reads,
            |stage| {
                let schedule = stage.schedule().await;
                let runs = stage.on::<RunRepository>();
                async move {
                    let children = Run::BY_SCHEDULE_NEWEST.children(2);
                    let families = runs.of_each(children, [schedule.id]).await?;
                    assert!(families.is_empty());
                    Ok(())
                }
            }
        ),
        verb!("stream", ["repository/stream.rs stream"], Reads, |stage| {
            let names = (0..40).map(|number| schedule(&format!("schedule {number}")));
            let schedules = stage.past::<ScheduleRepository>();
            schedules.insert_many(names).await.expect("inserts");
            let schedules = stage.on::<ScheduleRepository>();
            async move {
                let rows = schedules.list(Schedule::BY_NAME).stream();
                let rows: Vec<Schedule> = rows.try_collect().await?;
                assert_eq!(rows.len(), 40, "a stream that ends well has given all rows");
                Ok(())
            }
        }),
        verb!("search", ["repository/search.rs Search"], Reads, |stage| {
            let books = stage.on::<BookRepository>();
            async move {
                let found: Vec<Book> = books.search("engine").await?;
                assert!(found.is_empty());
                Ok(())
            }
        }),
    ]
}
