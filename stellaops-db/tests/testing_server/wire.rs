//! The proxy counts, delays and cuts.

use std::time::{Duration, Instant};

use sqlx::{ConnectOptions, Connection, PgConnection};
use stellaops_db::testing::{Peer, ProxyOptions, WireProxy, ensure_login, shared_server};

use crate::database::{count_notes, notes_template};

#[tokio::test]
async fn a_prepared_statement_is_one_exchange() {
    let (proxy, mut connection) = through_proxy(ProxyOptions::default()).await;
    select_one(&mut connection).await.expect("one");
    let seen = proxy.snapshot();
    assert_eq!(proxy.count(Peer::Backend, b'Z'), 1, "{seen}");
    assert_eq!(
        seen.to_string(),
        "exchanges=1 frontend: B=1 C=1 E=1 S=1; backend: 2=1 3=1 C=1 D=1 Z=1"
    );
    sqlx::query("SELECT 2")
        .persistent(false)
        .execute(&mut connection)
        .await
        .expect("two");
    assert_eq!(proxy.exchanges(), 3, "{}", proxy.snapshot());
    connection.close().await.expect("closes");
    assert_eq!((proxy.exchanges(), proxy.connections()), (3, 1));
}

#[tokio::test]
async fn a_delay_is_added_to_each_round_trip_and_not_to_each_message() {
    let delay = Duration::from_millis(20);
    let (proxy, mut connection) = through_proxy(ProxyOptions::delayed(delay)).await;
    let started = Instant::now();
    for _ in 0..3 {
        select_one(&mut connection).await.expect("one");
    }
    assert!(started.elapsed() >= delay * 3);
    assert_eq!(proxy.exchanges(), 3);
}

#[tokio::test]
async fn large_values_pass_unchanged_and_are_counted() {
    let (proxy, mut connection) = through_proxy(ProxyOptions::delayed(Duration::from_micros(200))).await;
    let sent: Vec<u8> = (0..3_000_000_u32)
        .map(|number| number.to_le_bytes()[usize::from(number % 5 == 0)])
        .collect();
    let received: Vec<u8> = sqlx::query_scalar("SELECT $1::bytea")
        .bind(&sent)
        .fetch_one(&mut connection)
        .await
        .expect("comes back");
    assert!(received == sent);
    assert_eq!(proxy.count(Peer::Backend, b'D'), 1);
}

#[tokio::test]
async fn a_request_for_encryption_is_declined_and_the_connection_goes_on() {
    let (proxy, _first) = through_proxy(ProxyOptions::default()).await;
    let greeting = [[0, 0, 0, 8], 80_877_103_u32.to_be_bytes()].concat();
    let mut socket = std::net::TcpStream::connect(("127.0.0.1", proxy.port())).expect("connects");
    std::io::Write::write_all(&mut socket, &greeting).expect("asks");
    let startup = b"\0\0\0\x24\0\x03\0\0user\0wire\0database\0postgres\0\0";
    let mut startup = startup.to_vec();
    startup[3] = u8::try_from(startup.len()).expect("it is short");
    std::io::Write::write_all(&mut socket, &startup).expect("introduces itself");
    let mut answer = [0; 2];
    std::io::Read::read_exact(&mut socket, &mut answer).expect("is answered");
    assert_eq!(&answer, b"NR", "declined, then the server's authentication");
    assert_eq!(proxy.count(Peer::Frontend, WireProxy::STARTUP), 1);
}

#[tokio::test]
async fn cut_connections_fail_and_new_ones_work() {
    let (proxy, mut connection) = through_proxy(ProxyOptions::default()).await;
    proxy.cut();
    assert!(select_one(&mut connection).await.is_err());
    let mut connection = proxy
        .connect_options("postgres", "wire")
        .connect()
        .await
        .expect("connects again");
    assert_eq!(select_one(&mut connection).await.expect("one"), 1);
}

#[tokio::test]
async fn a_planned_cut_delivers_the_message_or_loses_it() {
    for delay in [Duration::ZERO, Duration::from_micros(300)] {
        let (proxy, mut connection) = through_proxy(ProxyOptions::delayed(delay)).await;
        proxy.cut_after(b'Z', 2);
        assert_eq!(
            select_one(&mut connection).await.expect("the first is delivered"),
            1
        );
        assert_eq!(
            select_one(&mut connection)
                .await
                .expect("the second is delivered"),
            1
        );
        assert!(select_one(&mut connection).await.is_err(), "cut after the second");

        let mut connection = proxy
            .connect_options("postgres", "wire")
            .connect()
            .await
            .expect("connects again");
        sqlx::raw_sql("CREATE TEMPORARY SEQUENCE done")
            .execute(&mut connection)
            .await
            .expect("is made");
        proxy.cut_before(b'C', 1);
        assert!(select_one(&mut connection).await.is_err(), "the answer is lost");
        assert!(
            select_one(&mut connection).await.is_err(),
            "and the connection with it"
        );
    }
}

/// Bind, Execute, Close, Sync; BindComplete, DataRow, CommandComplete, CloseComplete, ReadyForQuery: nine places.
#[tokio::test]
async fn a_cut_at_any_message_fails_and_one_behind_the_last_is_not_reached() {
    let one = "SELECT $1::int";
    for delay in [Duration::ZERO, Duration::from_micros(300)] {
        for nth in 1..=9 {
            let (proxy, mut connection) = through_proxy(ProxyOptions::delayed(delay)).await;
            proxy.cut_at(nth);
            let cut = sqlx::query(one).bind(1).fetch_all(&mut connection).await;
            assert!(cut.is_err(), "cut at {nth}: {}", proxy.snapshot());
            assert!(!proxy.is_cut_planned());
            let server_has_spoken = proxy.count(Peer::Backend, b'2') > 0;
            assert_eq!(server_has_spoken, nth > 4, "cut at {nth}: {}", proxy.snapshot());
        }
        let (proxy, mut connection) = through_proxy(ProxyOptions::delayed(delay)).await;
        proxy.cut_at(10);
        let whole = sqlx::query(one).bind(1).fetch_all(&mut connection).await;
        assert_eq!(whole.expect("is answered").len(), 1);
        assert!(proxy.is_cut_planned());
    }
}

#[tokio::test]
async fn a_lost_answer_does_not_undo_the_work() {
    let database = notes_template().await.clone_database().await.expect("a copy");
    let proxy = WireProxy::start(shared_server().await, ProxyOptions::default())
        .await
        .expect("the proxy starts");
    let superuser = shared_server().await.connect_options(database.name());
    let options = proxy.connect_options(database.name(), superuser.get_username());
    let mut connection = options.connect().await.expect("connects");
    proxy.cut_before(b'Z', 1);
    let written = sqlx::raw_sql("INSERT INTO notes VALUES ('written')")
        .execute(&mut connection)
        .await;
    assert!(written.is_err());
    let mut witness = database.connect().await.expect("connects");
    assert_eq!(count_notes(&mut witness).await, 2);
}

async fn through_proxy(options: ProxyOptions) -> (WireProxy, PgConnection) {
    let server = shared_server().await;
    ensure_login(server, "wire", &[], false)
        .await
        .expect("the login is made");
    let proxy = WireProxy::start(server, options).await.expect("the proxy starts");
    let mut connection = proxy
        .connect_options("postgres", "wire")
        .connect()
        .await
        .expect("connects");
    select_one(&mut connection)
        .await
        .expect("the statement is prepared");
    proxy.reset_counts();
    (proxy, connection)
}

pub(crate) async fn select_one(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar("SELECT $1::int")
        .bind(1)
        .fetch_one(connection)
        .await
}
