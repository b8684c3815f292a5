//! The server's process of a session is killed in the middle of every verb, where it waits for a lock.

use sqlx::{Connection, PgConnection};
use stellaops_db::testing::shared_server;
use stellaops_db_tests::length;

use crate::cuts::assert_held;
use crate::stage::{Effect, Stage, Verb};
use crate::support::*;
use crate::verbs;

/// Locks all tables, so that whatever looks at one waits.
pub(crate) const LOCK_ALL: &str = "SELECT 'LOCK TABLE ' || string_agg(format('%I.%I', schemaname, tablename), ', ') \
    FROM pg_tables WHERE schemaname IN ('scheduler', 'ledger', 'library', 'stellaops')";

/// Whether a session of the toolkit waits for a lock.
const WAITING: &str = "AND wait_event_type = 'Lock'";

#[tokio::test]
async fn a_session_killed_in_the_middle_of_any_verb_is_told_and_the_next_call_works() {
    let fixture = Fixture::start(shared_server().await, 2).await;
    let (mut holder, mut superuser) = (fixture.superuser().await, fixture.superuser().await);
    let lock_all: String = value(&mut superuser, LOCK_ALL).await;
    for (number, verb) in verbs::all().iter().enumerate() {
        let number = u32::try_from(number).expect("they are few");
        let stage = Stage::new(&fixture, number * 2);
        let call = (verb.stage)(&stage).await;
        let mut lock = holder.begin().await.expect("begins");
        run(&mut lock, &lock_all).await.expect("locks");
        let call = tokio::spawn(call.0);
        kill_when_it_waits(&mut superuser, || call.is_finished()).await;
        lock.rollback().await.expect("unlocks");
        let result = call.await.expect("it does not panic");
        let touches_no_table = matches!(verb.effect, Effect::Holds);
        assert!(
            result.is_err() || touches_no_table || waits_and_goes_on(verb.name),
            "{}: it was killed, and says nothing",
            verb.name
        );
        assert_held(verb, &stage, result, &mut superuser).await;
        let stage = Stage::new(&fixture, number * 2 + 1);
        let call = (verb.stage)(&stage).await;
        let again = call.0.await;
        assert!(again.is_ok(), "{}: the next call fails: {again:?}", verb.name);
        assert_held(verb, &stage, again, &mut superuser).await;
    }
}

/// Between any two messages, the session is killed that the verb works on: what it was sent is held, or its answer. Every
/// fifth message, at full length each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_killed_at_any_message_of_any_verb_loses_nothing_that_was_acknowledged() {
    let fixture = Fixture::start(shared_server().await, 2).await;
    let mut superuser = fixture.superuser().await;
    let (mut number, mut places, mut told) = (0, 0, 0);
    for (position, verb) in verbs::all().into_iter().enumerate() {
        for nth in messages(&verb, position) {
            assert!(nth < 500, "{} has no end", verb.name);
            number += 1;
            let stage = Stage::new(&fixture, number);
            let call = (verb.stage)(&stage).await;
            fixture.proxy.hold_at(nth);
            let call = tokio::spawn(call.0);
            until("it is held or has ended", async || {
                fixture.proxy.is_held() || call.is_finished()
            })
            .await;
            let was_held = fixture.proxy.is_held();
            fixture.proxy.hold_at(0);
            if was_held {
                let killed: i64 = value(&mut superuser, KILL_LAST).await;
                places += killed;
                fixture.proxy.go_on();
            }
            let result = call.await.expect("it does not panic");
            told += i64::from(was_held && result.is_err());
            assert_held(&verb, &stage, result, &mut superuser).await;
            if !was_held {
                break;
            }
            works_again(&verb, &fixture, &mut number).await;
        }
    }
    let least = if length::is_full() { 400 } else { 60 };
    println!("killed at {places} messages: {told} calls failed");
    assert!(places > least, "only {places} places");
    // The others had their answer already, or went on by themselves.
    assert!(told * 2 > places, "{told} of {places} were told");
}

/// Loops wait after each failure, and come by the same messages again and again.
fn messages(verb: &Verb, position: usize) -> impl Iterator<Item = u64> {
    let step = if waits_and_goes_on(verb.name) { 9 } else { 1 };
    let (first, step) = match length::is_full() {
        true => (1, step),
        false => (1 + position as u64 % 5, step * 5),
    };
    (first..).step_by(step)
}

/// Ends the session that did something last, and waits until it is gone.
const KILL_LAST: &str = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 5000)) FROM (SELECT pid FROM pg_stat_activity \
    WHERE datname = current_database() AND usename IN ('faults_app', 'stellaops_system') AND application_name <> 'past' \
    ORDER BY state_change DESC NULLS LAST LIMIT 1) AS last";

/// A connection at rest may have been the one; whoever meets it is told, once.
async fn works_again(verb: &Verb, fixture: &Fixture, number: &mut u32) {
    let mut told = None;
    for _ in 0..3 {
        *number += 1;
        let stage = Stage::new(fixture, *number);
        let call = (verb.stage)(&stage).await;
        match call.0.await {
            Ok(()) => return,
            Err(error) => told = Some(error),
        }
    }
    panic!("{}: the next call fails: {told:?}", verb.name);
}

/// Loops work until they are stopped.
pub(crate) fn waits_and_goes_on(name: &str) -> bool {
    ["a worker", "a worker of all tenants", "a relay"].contains(&name)
}

/// Kills the sessions that wait, once, unless the call has ended before.
async fn kill_when_it_waits(superuser: &mut PgConnection, has_ended: impl Fn() -> bool) {
    let kill = format!("SELECT count(pg_terminate_backend(pid)) {SESSIONS} {WAITING}");
    until("it waits or has ended", async || {
        has_ended() || value::<i64>(&mut *superuser, &kill).await > 0
    })
    .await;
}
