//! The connection is reset at every step of the protocol, for every verb: in front of each message of either side.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sqlx::PgConnection;
use stellaops_db::schema::scheduler::GraphJobRepository;
use stellaops_db::testing::shared_server;
use stellaops_db::{Error, Outcome};

use crate::stage::{Effect, LEASE, Stage, Verb, new_job, queued};
use crate::support::*;
use crate::verbs;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_in_any_verb_of_rows_loses_nothing_that_was_acknowledged() {
    cut_all(verbs::of_rows(), 1, 300).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_in_any_load_or_transaction_leaves_no_half_of_it() {
    cut_all(verbs::of_units(), 1, 300).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_in_any_verb_of_the_system_loses_nothing_that_was_acknowledged() {
    // A relay holds one connection for its lock, and works on another.
    cut_all(verbs::of_systems(), 2, 150).await;
}

/// Its COMMIT is never sent, so that nobody has to guess.
#[tokio::test]
async fn a_transaction_whose_connection_was_lost_says_that_nothing_took_effect() {
    let fixture = Fixture::start(shared_server().await, 2).await;
    let scope = fixture.db.tenant(&tenant("a"));
    let transaction = scope.begin().await.expect("begins");
    let jobs = transaction.repository::<GraphJobRepository>();
    jobs.insert(new_job()).await.expect("inserts");
    fixture.proxy.cut();
    refused!(jobs.insert(new_job()).await, Error::Connection(_));
    refused!(transaction.commit().await, Error::TransactionFailed);
    let jobs = scope.repository::<GraphJobRepository>();
    assert_eq!(jobs.count([]).await.expect("the next call works"), 0);
}

/// All connections at rest are gone with the server's end: one transaction learns of it, not one for each.
#[tokio::test]
async fn after_all_sessions_ended_one_transaction_does_not_begin_and_the_next_does() {
    let fixture = Fixture::start(shared_server().await, 4).await;
    let mut superuser = fixture.superuser().await;
    let scope = fixture.db.tenant(&tenant("a"));
    let jobs = scope.repository::<GraphJobRepository>();
    until("several rest", async || {
        join_all((0..4).map(|_| jobs.count([]))).await;
        sessions(&mut superuser).await > 3
    })
    .await;
    fixture.proxy.cut();
    let error = scope.begin().await.expect_err("its connection is gone");
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::TryAgain, "a BEGIN does nothing");
    for _ in 0..4 {
        let transaction = scope.begin().await.expect("the next one begins");
        transaction.rollback().await.expect("rolls back");
    }
}

/// The first look gives a row up, so that a second one is taken for another; what the first claimed is not lost with it.
#[tokio::test]
async fn a_claim_whose_second_look_fails_gives_what_the_first_has_claimed() {
    let fixture = Fixture::start(shared_server().await, 1).await;
    let mut superuser = fixture.superuser().await;
    for number in 0..2 {
        let stage = Stage::new(&fixture, number);
        let worn_out = format!(
            "UPDATE scheduler.graph_jobs SET attempts = 1000, lease_expires_at = now() - interval '1 minute' WHERE id = '{}'",
            stage.held().await.id
        );
        run(&mut superuser, worn_out).await.expect("updates");
        let past = stage.past::<GraphJobRepository>();
        past.insert(queued()).await.expect("inserts");
        let jobs = stage.on::<GraphJobRepository>();
        // The statement is prepared by the first round. Its look: four messages, and six with two rows to answer.
        fixture.proxy.reset_counts();
        fixture.proxy.cut_at(if number == 0 { 0 } else { 11 });
        let held = jobs.claim("worker", 2, LEASE).await.expect("gives what it has");
        assert_eq!(held.len(), 1);
        let looks = fixture.proxy.exchanges();
        assert!(number == 0 || looks == 2, "{}", fixture.proxy.snapshot());
        assert!(!fixture.proxy.is_cut_planned(), "it was cut");
    }
}

/// Cuts each verb in front of its first message, its second, and so on, until it ends before its cut is reached.
async fn cut_all(verbs: Vec<Verb>, connections: u32, places: u64) {
    let mut cutting = Cutting {
        fixture: Fixture::start(shared_server().await, connections).await,
        stages: 0,
        places: 0,
    };
    let mut superuser = cutting.fixture.superuser().await;
    for verb in verbs {
        cutting.run(&verb, &mut superuser).await;
        for nth in 1.. {
            assert!(nth < 500, "{} has no end", verb.name);
            if !cutting.cut(&verb, nth, &mut superuser).await {
                break;
            }
            // The next call works: it is the same verb, whole.
            cutting.run(&verb, &mut superuser).await;
        }
    }
    assert!(cutting.places > places, "only {} places", cutting.places);
}

struct Cutting {
    fixture: Fixture,
    stages: u32,
    places: u64,
}

impl Cutting {
    fn stage(&mut self) -> Stage {
        self.stages += 1;
        Stage::new(&self.fixture, self.stages)
    }

    /// Runs the verb without a fault. That another tenant's call just before could have left its tenant bound on the
    /// only connection would show here: it is refused then.
    async fn run(&mut self, verb: &Verb, superuser: &mut PgConnection) {
        let stage = self.stage();
        let call = (verb.stage)(&stage).await;
        if let Err(error) = call.0.await {
            panic!("{}: the next call fails: {error:?}", verb.name);
        }
        assert_held(verb, &stage, Ok(()), superuser).await;
    }

    /// Runs the verb with a cut in front of a message. Says no when it ended before.
    async fn cut(&mut self, verb: &Verb, nth: u64, superuser: &mut PgConnection) -> bool {
        let stage = self.stage();
        let call = (verb.stage)(&stage).await;
        let proxy = &self.fixture.proxy;
        // So many of the connections that were opened have no session any more.
        let gone = proxy.connections() - sessions(superuser).await;
        proxy.cut_at(nth);
        let result = call.0.await;
        let was_reached = !proxy.is_cut_planned();
        proxy.cut_at(0);
        if was_reached {
            self.places += 1;
            // Until then the server may still be at work on what it was sent.
            let began = Instant::now();
            until("the cut session ends", async || {
                let has_ended = sessions(&mut *superuser).await < proxy.connections() - gone;
                has_ended || (began.elapsed() > LONG_AFTER && all_rest(&mut *superuser).await)
            })
            .await;
        }
        assert_held(verb, &stage, result, superuser).await;
        was_reached
    }
}

/// A connection that a pool was opening when the sessions were counted had none yet, and was taken for one that has none any
/// more. By then whatever was sent has arrived.
const LONG_AFTER: Duration = Duration::from_secs(2);

/// Whether no session is at work.
async fn all_rest(superuser: &mut PgConnection) -> bool {
    value::<i64>(
        superuser,
        format!("SELECT count(*) {SESSIONS} AND state <> 'idle'"),
    )
    .await
        == 0
}

/// What is stored fits what the call said.
pub(crate) async fn assert_held(
    verb: &Verb,
    stage: &Stage,
    result: Result<(), Error>,
    superuser: &mut PgConnection,
) {
    let seen = verb.effect.seen(superuser, &stage.tenant).await;
    let outcome = result.as_ref().map_err(Error::outcome);
    if let (Effect::Writes { before, after, .. }, Some(seen)) = (verb.effect, seen) {
        let fits = match outcome {
            Ok(()) => seen == after,
            Err(Outcome::TryAgain | Outcome::Refused) => seen == before,
            Err(Outcome::Unknown) => [before, after].contains(&seen),
        };
        assert!(
            fits,
            "{}: {result:?}, and {seen} is seen, not {before} or {after}",
            verb.name
        );
    }
    assert!(
        !matches!(outcome, Err(Outcome::Refused)) || matches!(result, Err(Error::TransactionFailed)),
        "{}: a lost connection is no refusal: {result:?}",
        verb.name
    );
}
