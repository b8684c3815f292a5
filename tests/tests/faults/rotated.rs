//! Passwords that are changed at the server before they are changed here: what works until it is stopped goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::PgConnection;
use stellaops_db::outbox::{Event, Relay};
use stellaops_db::queue::{Done, Failure, Job, Worker};
use stellaops_db::schema::scheduler::*;
use stellaops_db::testing::{PostgresServer, TestDatabase};
use stellaops_db::{Config, Database};
use stellaops_db_tests::ledger::{Notice, NoticeRepository};

use crate::stage::queued;
use crate::support::*;

/// A server that asks for passwords.
struct Place {
    db: Database,
    superuser: PgConnection,
    _database: TestDatabase,
    server: PostgresServer,
}

impl Place {
    async fn start() -> Self {
        let server = own_server(&[]).await;
        let database = copy(&server).await;
        ask_for_passwords(&server, &database, "old").await;
        let login = |login| database.connect_options_as(login).password("old");
        let config = Config::from_options(login(APPLICATION)).with_system_options(login(SYSTEM));
        Place {
            db: connect(&config.with_max_connections(3)).await,
            superuser: database.connect().await.expect("the superuser connects"),
            _database: database,
            server,
        }
    }
}

/// How often a login was refused.
fn refusals(server: &PostgresServer) -> usize {
    let log = server.log().expect("the server is the test's own");
    log.matches("password authentication failed").count()
}

/// Changes the passwords, ends the sessions, and waits until the program was refused a few times; then changes them back.
async fn rotate(superuser: &mut PgConnection, server: &PostgresServer, logins: &[&str]) {
    let before = refusals(server);
    change_passwords(superuser, logins.iter().copied(), "new").await;
    let kill = format!(
        "SELECT count(pg_terminate_backend(pid)) {SESSIONS} AND usename = ANY ('{{{}}}')",
        logins.join(",")
    );
    assert!(value::<i64>(superuser, &kill).await > 0, "sessions are ended");
    until("it is refused", async || refusals(server) >= before + 3).await;
    assert_eq!(value::<i64>(superuser, &kill).await, 0, "nobody is let in");
    change_passwords(superuser, logins.iter().copied(), "old").await;
}

const COMPLETED: &str = "SELECT count(*) FROM scheduler.graph_jobs WHERE status = 3";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_outlives_a_password_that_is_changed_here_later() {
    let mut place = Place::start().await;
    let jobs = place.db.tenant(&tenant("a")).repository::<GraphJobRepository>();
    jobs.insert_many((0..12).map(|_| queued()))
        .await
        .expect("inserts");
    let handler = async |_: Arc<Job<GraphJob>>| {
        tokio::time::sleep(Duration::from_millis(10)).await;
        Ok::<_, Failure>(Done::complete())
    };
    let (superuser, server) = (&mut place.superuser, &place.server);
    let stop = async {
        until("it works", async || value::<i64>(superuser, COMPLETED).await >= 2).await;
        rotate(superuser, server, &[APPLICATION, SYSTEM]).await;
        until("no job is lost", async || {
            value::<i64>(superuser, COMPLETED).await == 12
        })
        .await;
    };
    let worker = Worker::new("worker")
        .poll(Duration::from_millis(20))
        .lease(Duration::from_secs(2));
    let worked = worker.run_across(&place.db, "works on all", stop, handler).await;
    worked.expect("it goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_outlives_a_password_that_is_changed_here_later() {
    let mut place = Place::start().await;
    let notices = place.db.tenant(&tenant("a")).repository::<NoticeRepository>();
    let write = async || {
        for what in ["1", "2", "3"] {
            notices
                .insert(Notice::new_row(what.into()))
                .await
                .expect("inserts");
        }
    };
    write().await;
    let told = Arc::new(AtomicU32::new(0));
    let counted = told.clone();
    let handler = move |_: Event<Notice>| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Ok::<_, Failure>(()) }
    };
    let (superuser, server) = (&mut place.superuser, &place.server);
    let stop = async {
        until("it delivers", async || told.load(Ordering::SeqCst) >= 3).await;
        rotate(superuser, server, &[SYSTEM]).await;
        write().await;
        until("it delivers again", async || told.load(Ordering::SeqCst) >= 6).await;
    };
    let relay = Relay::new("search").poll(Duration::from_millis(20));
    let relayed = relay.run(&place.db, "tells all", stop, handler).await;
    relayed.expect("it goes on");
}
