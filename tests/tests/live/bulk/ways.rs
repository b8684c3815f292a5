//! What is stored does not depend on how it travelled.

use futures_util::{StreamExt as _, stream};
use stellaops_db::Id;
use stellaops_db::bulk::{from_stream, try_from_stream};
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::Peer;
use uuid::Uuid;

use super::*;
use crate::samples::*;

fn id<T>(number: u32) -> Id<T> {
    Id::new(Uuid::from_u128(u128::from(number) + 1))
}

fn full_schedule(number: u32) -> NewSchedule {
    let row = schedule(format!("schedule {number}")).id(id(number));
    match number % 3 {
        0 => row,
        1 => row
            .description(Some(format!("it's \"{number}\", \\ and ä")))
            .enabled(false),
        _ => row.cron_expression(Some("0 0 * * *".into())),
    }
}

#[tokio::test]
async fn each_way_stores_what_single_verbs_store_under_the_same_ids_in_another_tenant() {
    let fixture = Fixture::start().await;
    let single = fixture.tenant("single");
    let schedules = single.repository::<ScheduleRepository>();
    let (jobs, summaries) = (
        single.repository::<GraphJobRepository>(),
        single.repository::<RunSummaryRepository>(),
    );
    let mut expected = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..13 {
        let inserted = schedules.insert(full_schedule(number)).await.expect("inserts");
        expected.0.push(inserted);
        let job = jobs.insert(queued(number).id(id(number))).await;
        expected.1.push(job.expect("inserts"));
        let summary = summaries.insert(summary(id(0), number)).await;
        expected.2.push(summary.expect("inserts"));
    }
    for (position, way) in WAYS.into_iter().enumerate() {
        let name = format!("way-{position}");
        let scope = fixture.tenant(&name);
        let schedules = scope.repository::<ScheduleRepository>();
        let report = way.of(schedules.insert_many((0..13).map(full_schedule))).await;
        assert_eq!(numbers(&report.expect("inserts")), [13, 0, 0, 0, 0], "{way:?}");
        let jobs = scope.repository::<GraphJobRepository>();
        let new = (0..13).map(|number| queued(number).id(id(number)));
        let stored = way.of(jobs.insert_many(new)).returning().await.expect("inserts");
        let summaries = scope.repository::<RunSummaryRepository>();
        let new = (0..13).map(|number| summary(id(0), number));
        way.of(summaries.insert_many(new)).await.expect("inserts");
        for number in 0..13 {
            let place = number as usize;
            let mut found = schedules.get(id(number)).await.expect("reads").expect("is there");
            found.tenant_id = tenant("single");
            assert_eq!(found, expected.0[place], "{way:?}");
            let mut found = stored[place].clone();
            assert_eq!(jobs.get(found.id).await.expect("reads").as_ref(), Some(&found));
            found.tenant_id = tenant("single");
            assert_eq!(found, expected.1[place], "{way:?}");
            let key = (day(number), id(0));
            let mut found = summaries.get(key).await.expect("reads").expect("is there");
            found.tenant_id = tenant("single");
            assert_eq!(found, expected.2[place], "{way:?}");
        }
    }
    assert_eq!(schedules.count([]).await.expect("counts"), 13);
}

#[tokio::test]
async fn rows_that_the_database_numbers_are_numbered_in_the_order_of_the_input() {
    let fixture = Fixture::start().await;
    for way in WAYS {
        let scope = fixture.tenant("a");
        let logs = scope.repository::<ExecutionLogRepository>();
        let run = fill(&scope, numbers_of(way)).await.run.id;
        let lines = (0..20).map(|number| ExecutionLog::new_row(run, "live".into(), format!("line {number}")));
        let stored = way
            .of(logs.insert_many(lines))
            .returning()
            .await
            .expect("inserts");
        assert!(stored.is_sorted_by_key(|line| line.id), "{way:?}");
        let messages: Vec<_> = stored.into_iter().map(|line| line.message).collect();
        assert_eq!(
            messages,
            (0..20).map(|number| format!("line {number}")).collect::<Vec<_>>()
        );
    }
}

fn numbers_of(way: Way) -> u32 {
    u32::try_from(way.0 * 7 + way.1 * 3 + way.2).expect("a small number")
}

/// Two exchanges of the protocol's limit, and a hundred times the rows of a batch.
#[tokio::test]
async fn seventy_thousand_rows_of_a_stream_are_loaded_in_batches() {
    let (fixture, pool) = Fixture::on_one_connection().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    let (mut told, mut taken) = (Vec::new(), 0_u32);
    let rows = stream::iter(0..70_000).map(|number| {
        taken += 1;
        worker(number)
    });
    let report = workers
        .insert_many(from_stream(rows))
        .progress(|so_far| told.push(so_far))
        .await
        .expect("inserts");
    assert_eq!((numbers(&report), taken), ([70_000, 0, 0, 0, 0], 70_000));
    assert!(told.len() >= 7, "{told:?}");
    assert!(told.is_sorted_by_key(|so_far| so_far.done));
    assert_eq!(
        told.last().map(|last| (last.done, last.inserted)),
        Some((70_000, 70_000))
    );
    assert_eq!(workers.count([]).await.expect("counts"), 70_000);
    assert_clean(&pool).await;
}

#[tokio::test]
async fn the_next_batch_is_taken_while_one_is_written_and_no_more() {
    let fixture = Fixture::start().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    let (taken, ahead) = (std::cell::Cell::new(0_u64), std::cell::Cell::new(0_u64));
    let (taken, ahead) = (std::sync::Mutex::new(taken), std::sync::Mutex::new(ahead));
    let rows = (0..1_000).map(|number| {
        let cell = taken.lock().expect("no panic");
        cell.set(cell.get() + 1);
        worker(number)
    });
    let report = Way(1, 3, 10).of(workers.insert_many(rows)).progress(|so_far| {
        let taken = taken.lock().expect("no panic").get();
        let ahead = ahead.lock().expect("no panic");
        ahead.set(ahead.get().max(taken - so_far.done));
    });
    assert_eq!(report.await.expect("inserts").inserted, 1_000);
    assert_eq!(ahead.into_inner().expect("no panic").get(), 10);
}

#[tokio::test]
async fn a_source_may_wait_until_it_is_told_of_the_rows_before() {
    let fixture = Fixture::start().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let rows = stream::unfold((0_u32, &mut told), |(number, told)| async move {
        if number == 30 {
            return None;
        }
        if number > 0 && number % 10 == 0 {
            told.recv().await.expect("the call goes on");
        }
        Some((worker(number), (number + 1, told)))
    });
    let load = Way(1, 3, 10).of(workers.insert_many(from_stream(rows)));
    let report = load.progress(|so_far| tell.send(so_far.done).expect("the source waits"));
    assert_eq!(report.await.expect("inserts").inserted, 30);
}

#[tokio::test]
async fn a_source_that_fails_ends_the_call_and_nothing_is_stored() {
    let fixture = Fixture::start().await;
    let workers = fixture.tenant("a").repository::<WorkerRepository>();
    for way in WAYS {
        let rows = stream::iter(0..20).map(|number| match number {
            17 => Err("the line cannot be read"),
            number => Ok(worker(number)),
        });
        let failed = way.of(workers.insert_many(try_from_stream(rows))).await;
        refused!(failed, Error::Source(cause) if cause.to_string().contains("cannot be read"));
        assert_eq!(workers.count([]).await.expect("counts"), 0);
    }
}

/// As single verbs; a thousand rows too.
#[tokio::test]
async fn up_to_a_thousand_rows_are_one_exchange() {
    let fixture = Fixture::start().await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let workers = db.tenant(&tenant("a")).repository::<WorkerRepository>();
    for round in 0..2 {
        for (number, size) in [3_u32, 8, 9, 300, 1_000].into_iter().enumerate() {
            let from = round * 100_000 + u32::try_from(number).expect("few") * 10_000;
            let before = proxy.snapshot().exchanges;
            let rows: Vec<_> = workers
                .insert_many((from..from + size).map(worker))
                .returning()
                .await
                .expect("inserts");
            let exchanges = |before| proxy.snapshot().exchanges - before;
            if round > 0 {
                assert_eq!(exchanges(before), 1, "{size} rows");
            }
            let before = proxy.snapshot().exchanges;
            let patches = rows.iter().map(|row| (row.id, Worker::patch().capacity(2)));
            workers.update_many(patches).await.expect("updates");
            workers
                .delete_many(rows.iter().map(|row| row.id))
                .await
                .expect("deletes");
            if round > 0 {
                assert_eq!(exchanges(before), 2, "{size} rows");
            }
        }
    }
    assert_eq!(proxy.count(Peer::Frontend, b'd'), 0, "no COPY");
}
