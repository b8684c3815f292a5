//! The connection is reset at every step of connecting: in front of each message of either side, from the request for
//! encryption on, over the password, to the statements with which a session begins.

use std::time::{Duration, Instant};

use sqlx::PgConnection;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use stellaops_db::schema::scheduler::GraphJobRepository;
use stellaops_db::testing::{PostgresServer, ProxyOptions, TestDatabase, WireProxy};
use stellaops_db::{Config, Database, Outcome};

use crate::support::*;

/// How long a call waits for a connection, and how long connecting may take in all.
const PATIENCE: Duration = Duration::from_secs(3);
const LIMIT: Duration = Duration::from_secs(20);

struct Place {
    proxy: WireProxy,
    superuser: PgConnection,
    database: TestDatabase,
    _server: PostgresServer,
}

impl Place {
    async fn start() -> Self {
        let server = own_server(&[]).await;
        let database = copy(&server).await;
        ask_for_passwords(&server, &database, "right").await;
        let proxy = WireProxy::start(&server, ProxyOptions::default()).await;
        Place {
            proxy: proxy.expect("the proxy starts"),
            superuser: database.connect().await.expect("the superuser connects"),
            database,
            _server: server,
        }
    }

    /// The driver asks for encryption first, and goes on without it.
    fn login(&self) -> PgConnectOptions {
        let options = self.proxy.connect_options(self.database.name(), APPLICATION);
        options.ssl_mode(PgSslMode::Prefer).password("right")
    }

    fn config(&self) -> Config {
        Config::from_options(self.login())
            .with_max_connections(1)
            .with_acquire_timeout(PATIENCE)
    }

    async fn no_session_is_left(&mut self) {
        let superuser = &mut self.superuser;
        until("no session is left", async || sessions(superuser).await == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_anywhere_in_connecting_is_told_in_time_and_leaves_nothing() {
    let mut place = Place::start().await;
    let config = place.config();
    let (mut places, mut refused) = (0, 0);
    for nth in 1..500 {
        place.proxy.cut_while_connecting(nth);
        let began = Instant::now();
        let connected = Database::connect(&config).await;
        assert!(
            began.elapsed() < LIMIT,
            "message {nth}: it takes {:?}",
            began.elapsed()
        );
        let was_reached = !place.proxy.is_cut_planned();
        place.proxy.cut_at(0);
        match connected {
            Ok(database) => database.close().await,
            Err(error) => {
                refused += 1;
                assert_eq!(error.outcome(), Outcome::TryAgain, "message {nth}: {error:?}");
            }
        }
        place.no_session_is_left().await;
        if !was_reached {
            break;
        }
        places += 1;
        let again = Database::connect(&config).await;
        again
            .unwrap_or_else(|error| panic!("behind message {nth}: {error:?}"))
            .close()
            .await;
    }
    assert!(places > 80 && refused > 40, "{refused} of {places} places");
}

/// The pool opens a connection for a call in the same way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_while_the_pool_connects_for_a_call_says_that_nothing_took_effect() {
    let mut place = Place::start().await;
    let database = connect(&place.config()).await;
    let jobs = database.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let mut places = 0;
    for nth in 1..500 {
        place.proxy.cut();
        place.no_session_is_left().await;
        // Whoever meets the lost connection first is told.
        until("a call works again", async || jobs.count([]).await.is_ok()).await;
        place.proxy.cut();
        place.no_session_is_left().await;
        let lost = jobs.count([]).await.expect_err("its connection is gone");
        assert_ne!(lost.outcome(), Outcome::Refused, "{lost:?}");

        place.proxy.cut_while_connecting(nth);
        let began = Instant::now();
        let counted = jobs.count([]).await;
        assert!(
            began.elapsed() < PATIENCE * 2,
            "message {nth}: {:?}",
            began.elapsed()
        );
        let was_reached = !place.proxy.is_cut_planned();
        place.proxy.cut_at(0);
        match counted.map_err(|error| error.outcome()) {
            // The call itself has begun.
            Err(Outcome::Unknown) => break,
            Err(outcome) => assert_eq!(outcome, Outcome::TryAgain, "message {nth}"),
            Ok(number) => assert_eq!(number, 0),
        }
        assert!(was_reached, "a call that is cut says so");
        places += 1;
        assert_eq!(jobs.count([]).await.expect("the next call works"), 0);
    }
    assert!(places > 20, "only {places} places");
    database.close().await;
    place.no_session_is_left().await;
}
