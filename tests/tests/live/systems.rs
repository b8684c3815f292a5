//! Work across tenants: its own login, its evidence.

use sqlx::{PgConnection, Row};
use stellaops_db::schema::scheduler::*;
use stellaops_db::{Database, Error, Timestamp};

use crate::samples::*;
use crate::support::*;

/// Who, why, whether it has ended, how many statements.
async fn evidence(connection: &mut PgConnection) -> Vec<(String, String, bool, i64)> {
    let sql = "SELECT who, reason, ended_at IS NOT NULL AND ended_at >= started_at, statements FROM stellaops.system_access ORDER BY started_at";
    let rows = sqlx::query(sql).fetch_all(connection).await.expect("reads");
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
        .collect()
}

#[tokio::test]
async fn a_system_scope_leaves_its_evidence() {
    let fixture = Fixture::start().await;
    let mut superuser = fixture.superuser().await;
    let system = fixture.db.system("nightly triggers").await.expect("opens");
    let open = (
        "stellaops_system".to_owned(),
        "nightly triggers".to_owned(),
        false,
        0,
    );
    assert_eq!(evidence(&mut superuser).await, std::slice::from_ref(&open));
    let triggers = system.across_tenants::<TriggerRepository>();
    triggers.count([]).await.expect("counts");
    triggers
        .list(Trigger::BY_NEXT_FIRE_EVERYWHERE)
        .await
        .expect("lists");
    let jobs = system.tenant(&tenant("a")).repository::<GraphJobRepository>();
    jobs.insert(graph_job(1)).await.expect("inserts");
    system.close().await.expect("closes");
    assert_eq!(evidence(&mut superuser).await, [(open.0, open.1, true, 3)]);
    refused!(fixture.db.system("  ").await, Error::CheckViolation { .. });
}

#[tokio::test]
async fn a_dropped_system_scope_writes_its_end_in_the_background() {
    let fixture = Fixture::start().await;
    let mut superuser = fixture.superuser().await;
    drop(fixture.db.system("dropped").await.expect("opens"));
    let started = std::time::Instant::now();
    while !evidence(&mut superuser).await[0].2 {
        assert!(started.elapsed().as_secs() < 30, "the end is written");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn due_triggers_of_all_tenants_come_by_time_tenant_and_id() {
    let fixture = Fixture::start().await;
    let mut expected = Vec::new();
    for name in ["b", "a", "c"] {
        let scope = fixture.tenant(name);
        let parent = scope
            .repository::<ScheduleRepository>()
            .insert(schedule("s"))
            .await
            .expect("inserts");
        let triggers = scope.repository::<TriggerRepository>();
        let times = [3, 1, 2, 1, 3].map(|second| trigger(parent.id, at(second)));
        expected.extend(triggers.insert_many(times).returning().await.expect("inserts"));
        let off = trigger(parent.id, at(0)).enabled(false);
        triggers.insert(off).await.expect("inserts");
    }
    expected.sort_by_key(|row| (row.next_fire_at, row.tenant_id.clone(), row.id));
    let system = fixture.db.system("due").await.expect("opens");
    let reader = system.across_tenants::<TriggerRepository>();
    let all = reader
        .list(Trigger::BY_NEXT_FIRE_EVERYWHERE)
        .await
        .expect("lists");
    assert_eq!(all.rows, expected);
    let due = reader
        .list(Trigger::BY_NEXT_FIRE_EVERYWHERE)
        .filter(Trigger::NEXT_FIRE_AT.le(at(1)));
    assert_eq!(due.await.expect("lists").rows.len(), 6);
    let mut walked = Vec::new();
    let mut after = None;
    loop {
        let list = reader.list(Trigger::BY_NEXT_FIRE_EVERYWHERE).limit(4);
        let page = match after {
            Some(cursor) => list.at(cursor).await,
            None => list.await,
        };
        let page = page.expect("lists");
        walked.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(walked, expected);
    assert_eq!(reader.count([]).await.expect("counts"), 18);
    system.close().await.expect("closes");
}

/// A scheduler's round: what is due is read across tenants, and each is fired for its own tenant.
#[tokio::test]
async fn a_due_trigger_is_listed_until_its_time_is_moved_on() {
    let fixture = Fixture::start().await;
    let far: Timestamp = "2999-01-01T00:00:00Z".parse().expect("a time");
    let mut expected = Vec::new();
    for name in ["b", "a"] {
        let scope = fixture.tenant(name);
        let schedules = scope.repository::<ScheduleRepository>();
        let parent = schedules.insert(schedule("s")).await.expect("inserts");
        let triggers = scope.repository::<TriggerRepository>();
        let due = [2, 1].map(|second| trigger(parent.id, at(second)));
        expected.extend(triggers.insert_many(due).returning().await.expect("inserts"));
        let not_due = [trigger(parent.id, far), trigger(parent.id, at(0)).enabled(false)];
        triggers.insert_many(not_due).await.expect("inserts");
    }
    expected.sort_by_key(|row| (row.next_fire_at, row.tenant_id.clone(), row.id));
    let system = fixture.db.system("due").await.expect("opens");
    let reader = system.across_tenants::<TriggerRepository>();
    assert_eq!(reader.list_due().await.expect("lists").rows, expected);
    let first = expected.remove(0);
    let own = system.tenant(&first.tenant_id).repository::<TriggerRepository>();
    let fired = Trigger::NEXT_FIRE_AT.from(first.next_fire_at).to(far);
    let fired = own.compare_and_swap(first.id, fired).await.expect("swaps");
    assert!(fired.is_won());
    assert_eq!(
        reader.list_due().limit(2).await.expect("lists").rows,
        expected[..2]
    );
    system.close().await.expect("closes");
}

/// Named by a system scope, a tenant's scope is that tenant's and nobody else's.
#[tokio::test]
async fn a_system_scope_of_one_tenant_keeps_to_it() {
    let fixture = Fixture::start().await;
    let theirs = fill(&fixture.tenant("b"), 0).await;
    let system = fixture.db.system("repair").await.expect("opens");
    let jobs = system.tenant(&tenant("a")).repository::<GraphJobRepository>();
    assert_eq!(jobs.get(theirs.job.id).await.expect("reads"), None);
    assert_eq!(jobs.count([]).await.expect("counts"), 0);
    assert!(!jobs.delete(theirs.job.id).await.expect("runs"));
    assert_eq!(jobs.list_by_newest().await.expect("lists").rows, []);
    let claimed = jobs.claim("w", 5, LEASE).await.expect("claims");
    assert_eq!(claimed, []);
    let own = system.tenant(&tenant("b")).repository::<GraphJobRepository>();
    assert_eq!(own.get(theirs.job.id).await.expect("reads"), Some(theirs.job));
    system.close().await.expect("closes");
}

#[tokio::test]
async fn without_a_system_login_there_is_no_system_scope() {
    let database = copy().await;
    let options = database.connect_options_as(APPLICATION);
    let db = Database::connect(&stellaops_db::Config::from_options(options))
        .await
        .expect("connects");
    refused!(db.system("any").await, Error::NoSystemLogin);
    let (fixture, _pool) = Fixture::on_one_connection().await;
    refused!(fixture.db.system("any").await, Error::NoSystemLogin);
    let pool = one_connection(fixture.database.connect_options_as(SYSTEM)).await;
    let with_system = fixture.db.clone().with_system_pool(pool).await;
    let with_system = with_system.expect("sees all tenants");
    let system = with_system.system("any").await.expect("opens");
    system.close().await.expect("closes");
}
