//! Rows with what is related to them: in one exchange, never a statement for each row, and never another
//! tenant's.

use std::time::Duration;

use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::Peer;
use stellaops_db::{Error, Id, TenantScope};

use crate::samples::*;
use crate::support::*;

/// Four schedules with no, one, two and three runs; and a run of no schedule.
async fn filled(fixture: &Fixture, scope: &TenantScope) -> (Vec<Schedule>, Vec<Run>) {
    let snapshot = scope
        .repository::<ImpactSnapshotRepository>()
        .insert(snapshot(1))
        .await
        .expect("inserts");
    let (schedules, runs) = (
        scope.repository::<ScheduleRepository>(),
        scope.repository::<RunRepository>(),
    );
    let (mut parents, mut children) = (Vec::new(), Vec::new());
    for number in 0..4 {
        let parent = schedules
            .insert(schedule(format!("schedule {number}")))
            .await
            .expect("inserts");
        for _ in 0..number {
            fixture.clock.advance(Duration::from_secs(1));
            children.push(
                runs.insert(run_of(parent.id, snapshot.id))
                    .await
                    .expect("inserts"),
            );
        }
        parents.push(parent);
    }
    fixture.clock.advance(Duration::from_secs(1));
    let alone = run_of(parents[0].id, snapshot.id).schedule_id(None);
    children.push(runs.insert(alone).await.expect("inserts"));
    (parents, children)
}

#[tokio::test]
async fn a_page_of_children_comes_with_their_parents() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let (parents, mut children) = filled(&fixture, &scope).await;
    filled(&fixture, &fixture.tenant("b")).await;
    children.reverse();
    let runs = scope.repository::<RunRepository>();
    let (mut read, mut next) = (Vec::new(), None);
    loop {
        let list = runs.list_by_newest().limit(3);
        let list = match next.take() {
            Some(cursor) => list.at(cursor),
            None => list,
        };
        let page = list.with(Run::SCHEDULE_ID).await.expect("lists");
        read.extend(page.rows);
        match page.next {
            Some(cursor) => next = Some(cursor),
            None => break,
        }
    }
    let parent = |run: &Run| {
        parents
            .iter()
            .find(|parent| Some(parent.id) == run.schedule_id)
            .cloned()
    };
    let expected: Vec<_> = children
        .into_iter()
        .map(|run| (run.clone(), parent(&run)))
        .collect();
    assert_eq!(read, expected);
    assert!(read[0].1.is_none() && read[1].1.is_some());
}

#[tokio::test]
async fn a_page_of_parents_comes_with_the_first_children_of_each_forward_and_backward() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let (parents, children) = filled(&fixture, &scope).await;
    filled(&fixture, &fixture.tenant("b")).await;
    let schedules = scope.repository::<ScheduleRepository>();
    let of = |parent: &Schedule| {
        let own = children
            .iter()
            .filter(|run| run.schedule_id == Some(parent.id))
            .rev()
            .take(2);
        (parent.clone(), own.cloned().collect::<Vec<_>>())
    };
    let expected: Vec<_> = parents.iter().map(of).collect();
    let list = |limit| schedules.list(Schedule::BY_NAME).limit(limit);
    let newest = || Run::BY_SCHEDULE_NEWEST.children(2);
    let whole = list(10).with(newest()).await.expect("lists");
    assert_eq!(whole.rows, expected);
    let first = list(2).with(newest()).await.expect("lists");
    assert_eq!(first.rows, expected[..2]);
    let second = list(2)
        .at(first.next.expect("there is more"))
        .with(newest())
        .await
        .expect("lists");
    assert_eq!((second.rows.as_slice(), &second.next), (&expected[2..], &None));
    let back = list(2)
        .at(second.previous.expect("there is one"))
        .with(newest())
        .await
        .expect("lists");
    assert_eq!(back.rows, expected[..2]);
}

#[tokio::test]
async fn children_are_filtered_and_read_in_their_own_order() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let (parents, children) = filled(&fixture, &scope).await;
    let runs = scope.repository::<RunRepository>();
    let swap = Run::STATE.from(RunState::Planning).to(RunState::Queued);
    let last = children
        .iter()
        .rfind(|run| run.schedule_id == Some(parents[3].id))
        .expect("there is one");
    assert!(
        runs.compare_and_swap(last.id, swap)
            .await
            .expect("swaps")
            .is_won()
    );
    let schedules = scope.repository::<ScheduleRepository>();
    let planned = Run::BY_SCHEDULE_NEWEST
        .children(50)
        .filter(Run::STATE.eq(RunState::Planning));
    let found = schedules
        .get(parents[3].id)
        .with(planned)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(found.0, parents[3]);
    let ids: Vec<_> = found.1.iter().map(|run| run.id).collect();
    let expected: Vec<_> = children
        .iter()
        .filter(|run| run.schedule_id == Some(parents[3].id) && run.id != last.id)
        .rev()
        .map(|run| run.id)
        .collect();
    assert_eq!(ids, expected);
    refused!(
        schedules
            .get(parents[3].id)
            .with(Run::BY_SCHEDULE_NEWEST.children(0))
            .await,
        Error::OutOfRange { .. }
    );
}

#[tokio::test]
async fn one_row_comes_with_its_parent_or_its_children_or_not_at_all() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let (parents, children) = filled(&fixture, &scope).await;
    let runs = scope.repository::<RunRepository>();
    let found = runs
        .get(children[0].id)
        .with(Run::SCHEDULE_ID)
        .await
        .expect("reads");
    assert_eq!(found, Some((children[0].clone(), Some(parents[1].clone()))));
    let schedules = scope.repository::<ScheduleRepository>();
    let newest = Run::BY_SCHEDULE_NEWEST.children(50);
    let found = schedules.get(parents[0].id).with(newest).await.expect("reads");
    assert_eq!(found, Some((parents[0].clone(), vec![])));
    let newest = Run::BY_SCHEDULE_NEWEST.children(50);
    let found = schedules
        .get_by_name("schedule 2")
        .with(newest)
        .await
        .expect("reads");
    assert_eq!(found.expect("is there").1.len(), 2);
    let others = fixture.tenant("b").repository::<ScheduleRepository>();
    let newest = Run::BY_SCHEDULE_NEWEST.children(50);
    assert_eq!(others.get(parents[2].id).with(newest).await.expect("reads"), None);
}

#[tokio::test]
async fn a_parent_that_is_marked_as_deleted_is_not_read() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let (parents, children) = filled(&fixture, &scope).await;
    scope
        .repository::<ScheduleRepository>()
        .soft_delete(parents[1].id)
        .await
        .expect("marks");
    let runs = scope.repository::<RunRepository>();
    let found = runs
        .get(children[0].id)
        .with(Run::SCHEDULE_ID)
        .await
        .expect("reads");
    assert_eq!(found, Some((children[0].clone(), None)));
}

#[tokio::test]
async fn the_children_of_many_parents_are_one_exchange() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let (parents, children) = filled(&fixture, &scope).await;
    let (others, _) = filled(&fixture, &fixture.tenant("b")).await;
    let runs = scope.repository::<RunRepository>();
    let ids = parents.iter().chain(&others).map(|parent| parent.id);
    let ids: Vec<Id<Schedule>> = ids.chain([parents[3].id]).collect();
    let families = runs
        .of_each(Run::BY_SCHEDULE_NEWEST.children(2), ids)
        .await
        .expect("reads");
    assert_eq!(
        families.len(),
        3,
        "a parent without children, and another tenant's, is not there"
    );
    for (parent, runs) in families {
        let own = children
            .iter()
            .filter(|run| run.schedule_id == Some(parent))
            .rev()
            .take(2);
        assert_eq!(runs, own.cloned().collect::<Vec<_>>());
    }
    let none = runs
        .of_each(Run::BY_SCHEDULE_NEWEST.children(2), [])
        .await
        .expect("reads");
    assert!(none.is_empty());
}

#[tokio::test]
async fn what_is_related_costs_no_exchange_of_its_own() {
    let fixture = Fixture::start().await;
    let (parents, _) = filled(&fixture, &fixture.tenant("a")).await;
    let (db, proxy) = fixture.through_proxy(1).await;
    let scope = db.tenant(&tenant("a"));
    let (schedules, runs) = (
        scope.repository::<ScheduleRepository>(),
        scope.repository::<RunRepository>(),
    );
    let newest = || Run::BY_SCHEDULE_NEWEST.children(50);
    for round in 0..2 {
        proxy.reset_counts();
        schedules
            .list(Schedule::BY_NAME)
            .with(newest())
            .await
            .expect("lists");
        schedules.get(parents[2].id).with(newest()).await.expect("reads");
        runs.list_by_newest().with(Run::SCHEDULE_ID).await.expect("lists");
        runs.of_each(newest(), parents.iter().map(|parent| parent.id))
            .await
            .expect("reads");
        if round > 0 {
            assert_eq!(proxy.count(Peer::Backend, b'Z'), 4);
        }
    }
}
