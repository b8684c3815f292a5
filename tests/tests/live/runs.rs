//! Runs are listed by schedule, by state, by when they were asked for, and by each of these together.

use std::time::Duration;

use stellaops_db::TenantScope;
use stellaops_db::schema::scheduler::*;

use crate::samples::*;
use crate::support::*;

/// Two schedules with six runs each, three of them queued, a second between one pair and the next.
async fn runs(fixture: &Fixture, scope: &TenantScope) -> [Rows; 2] {
    let parents = [fill(scope, 1).await, fill(scope, 2).await];
    let repository = scope.repository::<RunRepository>();
    for number in 0..6 {
        fixture.clock.advance(Duration::from_secs(1));
        for rows in &parents {
            let run = repository
                .insert(run_of(rows.schedule.id, rows.snapshot.id))
                .await
                .expect("inserts");
            if number % 2 == 0 {
                let swap = Run::STATE.from(RunState::Planning).to(RunState::Queued);
                let swapped = repository.compare_and_swap(run.id, swap).await;
                assert!(swapped.expect("swaps").is_won());
            }
        }
    }
    parents
}

fn is_meant(run: &Run, filter: RunFilter) -> bool {
    filter
        .schedule_id
        .is_none_or(|schedule| run.schedule_id == Some(schedule))
        && filter.state.is_none_or(|state| run.state == state)
        && filter.created_after.is_none_or(|moment| run.created_at > moment)
}

#[tokio::test]
async fn runs_are_listed_by_schedule_state_and_time_newest_first() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let [one, _] = runs(&fixture, &scope).await;
    let repository = scope.repository::<RunRepository>();
    let all = repository.list_by_newest().limit(100).await.expect("lists").rows;
    // A moment at which two runs were asked for: both are left out.
    let moment = all[5].created_at;
    for schedule_id in [None, Some(one.schedule.id)] {
        for state in [None, Some(RunState::Queued), Some(RunState::Cancelled)] {
            for created_after in [None, Some(moment)] {
                let filter = RunFilter {
                    schedule_id,
                    state,
                    created_after,
                };
                let expected: Vec<&Run> = all.iter().filter(|run| is_meant(run, filter)).collect();
                assert_eq!(expected.is_empty(), state == Some(RunState::Cancelled));
                let listed = repository.list_matching(filter).limit(100).await.expect("lists");
                assert_eq!(listed.rows.iter().collect::<Vec<_>>(), expected, "{filter:?}");
            }
        }
    }
}

#[tokio::test]
async fn pages_of_matching_runs_follow_each_other() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let [_, other] = runs(&fixture, &scope).await;
    let repository = scope.repository::<RunRepository>();
    let filter = RunFilter {
        schedule_id: Some(other.schedule.id),
        state: Some(RunState::Queued),
        ..RunFilter::default()
    };
    let whole = repository.list_matching(filter).limit(100).await.expect("lists");
    assert_eq!(whole.rows.len(), 3);
    let first = repository.list_matching(filter).limit(2).await.expect("lists");
    let cursor = first.next.clone().expect("a run is left");
    let second = repository
        .list_matching(filter)
        .limit(2)
        .at(cursor)
        .await
        .expect("lists");
    assert!(second.next.is_none());
    assert_eq!([first.rows, second.rows].concat(), whole.rows);
}
