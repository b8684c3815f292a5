//! A proxy in front of a server that understands the framing of the protocol's messages (version 3).
//!
//! It is made of threads and blocking sockets, apart from the caller's runtime: a busy or blocked runtime neither
//! delays nor stops it. [`framing`] finds the messages, [`relay`] moves the bytes, [`delay`] holds them back.

mod delay;
mod framing;
mod relay;
mod socket;

use std::{
    collections::BTreeMap,
    fmt, io,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use self::relay::Connection;
use super::{address::encode, error::TestingError, server::PostgresServer};

/// Where the proxy's server is: a [`PostgresServer`], the path of a Unix socket, or a host and a port.
#[derive(Clone)]
pub struct Upstream {
    place: Place,
    password: Option<String>,
}

#[derive(Clone)]
enum Place {
    Unix(PathBuf),
    Tcp(String, u16),
}

impl Upstream {
    /// The path of a Unix socket, such as `/run/postgresql/.s.PGSQL.5432`.
    pub fn unix(socket: impl Into<PathBuf>) -> Self {
        Self {
            place: Place::Unix(socket.into()),
            password: None,
        }
    }

    /// A host name or an address, and a port.
    pub fn tcp(host: impl Into<String>, port: u16) -> Self {
        Self {
            place: Place::Tcp(host.into(), port),
            password: None,
        }
    }
}

impl From<&PostgresServer> for Upstream {
    fn from(server: &PostgresServer) -> Self {
        let options = server.connect_options("postgres");
        let host = options.get_host();
        let folder = options
            .get_socket()
            .cloned()
            .or_else(|| host.starts_with('/').then(|| PathBuf::from(host)));
        let upstream = match folder {
            Some(folder) => Self::unix(folder.join(format!(".s.PGSQL.{}", options.get_port()))),
            None => Self::tcp(host, options.get_port()),
        };
        Self {
            password: server.address().password(),
            ..upstream
        }
    }
}

/// What the proxy does besides counting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProxyOptions {
    /// Added to each round trip, half of it in each direction. Bytes sent one after the other are on their way at the
    /// same time, as on a long cable: only their delay is added, not the sum of their delays.
    pub delay: Duration,
}

impl ProxyOptions {
    /// A round trip that is longer by `delay`.
    pub fn delayed(delay: Duration) -> Self {
        Self { delay }
    }
}

/// Who sent a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// The client.
    Frontend,
    /// The server.
    Backend,
}

/// What has passed since the proxy was started or [`reset_counts`](WireProxy::reset_counts) was called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WireSnapshot {
    /// The client's messages by type byte; the untyped first one counts as [`WireProxy::STARTUP`].
    pub frontend: BTreeMap<u8, u64>,
    /// The server's messages by type byte.
    pub backend: BTreeMap<u8, u64>,
    /// Network exchanges: how often a client spoke first or after its server had spoken.
    pub exchanges: u64,
}

impl fmt::Display for WireSnapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |counts: &BTreeMap<u8, u64>| {
            let parts = counts
                .iter()
                .map(|(kind, count)| format!("{}={count}", kind.escape_ascii()));
            parts.collect::<Vec<_>>().join(" ")
        };
        let (frontend, backend) = (list(&self.frontend), list(&self.backend));
        write!(
            formatter,
            "exchanges={} frontend: {frontend}; backend: {backend}",
            self.exchanges
        )
    }
}

/// A proxy on a free port of 127.0.0.1. Dropping it cuts its connections.
///
/// It refuses encryption, which it could not look into: clients that insist on TLS fail.
pub struct WireProxy {
    port: u16,
    shared: Arc<Shared>,
}

/// What the proxy's threads share.
struct Shared {
    upstream: Upstream,
    one_way: Duration,
    counts: Mutex<WireSnapshot>,
    planned_cut: Mutex<Option<PlannedCut>>,
    is_held: AtomicBool,
    connections: Mutex<Vec<Weak<Connection>>>,
    accepted: AtomicU64,
    is_closed: AtomicBool,
}

struct PlannedCut {
    counted: Counted,
    /// How many more of them pass, the last one included.
    remaining: u64,
    end: End,
}

/// Which messages a plan counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// The server's of a type.
    OfServer(u8),
    /// All of both sides that have a type.
    Typed,
    /// All, with those that a connection begins with.
    All,
}

/// What becomes of a message that was planned for, and of its connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The connection is cut behind it.
    CutBehind,
    /// The connection is cut in front of it.
    CutBefore,
    /// It waits.
    Held,
}

impl WireProxy {
    /// The type under which a connection's first message is counted, since it has none.
    pub const STARTUP: u8 = 0;

    /// Starts a proxy in front of a server: `WireProxy::start(&server, ProxyOptions::default())`.
    ///
    /// # Errors
    /// [`TestingError::System`] when no port can be had.
    pub async fn start(upstream: impl Into<Upstream>, options: ProxyOptions) -> Result<Self, TestingError> {
        Self::listen(upstream.into(), options).map_err(TestingError::system("open a port for the proxy"))
    }

    fn listen(upstream: Upstream, options: ProxyOptions) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            upstream,
            one_way: options.delay / 2,
            counts: Mutex::default(),
            planned_cut: Mutex::default(),
            is_held: AtomicBool::new(false),
            connections: Mutex::default(),
            accepted: AtomicU64::new(0),
            is_closed: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("wire-accept".to_owned())
            .spawn(move || accepting.accept(&listener))?;
        Ok(Self { port, shared })
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Connection options for a user of a database, through the proxy. The password is that of the logins of the
    /// [`PostgresServer`]; in front of anything else there is none, and `.password(…)` adds it.
    pub fn connect_options(&self, database: &str, user: &str) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username(user)
            .database(database)
            .ssl_mode(PgSslMode::Disable);
        match &self.shared.upstream.password {
            Some(password) => options.password(password),
            None => options,
        }
    }

    /// The URL for a user of a database, through the proxy, for other drivers and programs; with the password that
    /// [`connect_options`](Self::connect_options) has.
    pub fn url(&self, database: &str, user: &str) -> String {
        let password = self.shared.upstream.password.as_deref();
        let password = password.map_or(String::new(), |password| format!(":{}", encode(password)));
        let (user, database, port) = (encode(user), encode(database), self.port);
        format!("postgresql://{user}{password}@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    /// How many messages of a type a peer has sent: `count(Peer::Backend, b'Z')` for ReadyForQuery. A message is
    /// counted before it is delivered.
    pub fn count(&self, peer: Peer, kind: u8) -> u64 {
        let counts = self.shared.counts();
        let by_kind = match peer {
            Peer::Frontend => &counts.frontend,
            Peer::Backend => &counts.backend,
        };
        by_kind.get(&kind).copied().unwrap_or(0)
    }

    /// The number of network exchanges, that is of waits for the server; see [`WireSnapshot::exchanges`].
    pub fn exchanges(&self) -> u64 {
        self.shared.counts().exchanges
    }

    /// How many connections clients have opened since the proxy was started.
    pub fn connections(&self) -> u64 {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// All counts at this moment.
    pub fn snapshot(&self) -> WireSnapshot {
        self.shared.counts().clone()
    }

    /// Counts from zero again.
    pub fn reset_counts(&self) {
        *self.shared.counts() = WireSnapshot::default();
    }

    /// Cuts all connections at once; what was on its way is lost. New ones are accepted.
    pub fn cut(&self) {
        self.shared.cut();
    }

    /// Plans to cut the connection that carries the `nth` server message of a type from now on (1 is the next), once
    /// it and all before it are delivered. Replaces an earlier plan; with 0 there is none.
    pub fn cut_after(&self, kind: u8, nth: u64) {
        self.plan_cut(Counted::OfServer(kind), nth, End::CutBehind);
    }

    /// Like [`cut_after`](Self::cut_after), but the message itself is lost: the server has done the work and the
    /// client never learns of it.
    pub fn cut_before(&self, kind: u8, nth: u64) {
        self.plan_cut(Counted::OfServer(kind), nth, End::CutBefore);
    }

    /// Plans to cut the connection in front of the `nth` message from now on, whoever sends it and whatever its type:
    /// all before it are delivered, it and what follows are lost. So the cut behind a message is the one in front of
    /// the next. A connection's first message, which has no type, does not count. Replaces an earlier plan; with 0
    /// there is none.
    pub fn cut_at(&self, nth: u64) {
        self.plan_cut(Counted::Typed, nth, End::CutBefore);
    }

    /// Like [`cut_at`](Self::cut_at), and what a connection begins with counts: a request for encryption, its answer, and
    /// the client's first message.
    pub fn cut_while_connecting(&self, nth: u64) {
        self.plan_cut(Counted::All, nth, End::CutBefore);
    }

    /// Plans to hold the `nth` message from now on, counted as by [`cut_at`](Self::cut_at): all before it are delivered, it
    /// and what follows in its direction wait until [`go_on`](Self::go_on). Replaces an earlier plan; with 0 there is none.
    pub fn hold_at(&self, nth: u64) {
        self.plan_cut(Counted::Typed, nth, End::Held);
    }

    /// Whether a message is held.
    pub fn is_held(&self) -> bool {
        self.shared.is_held.load(Ordering::SeqCst)
    }

    /// Lets the message that is held pass.
    pub fn go_on(&self) {
        self.shared.is_held.store(false, Ordering::SeqCst);
    }

    /// Whether a cut is planned that was not reached yet.
    pub fn is_cut_planned(&self) -> bool {
        lock(&self.shared.planned_cut).is_some()
    }

    fn plan_cut(&self, counted: Counted, nth: u64, end: End) {
        *lock(&self.shared.planned_cut) = (nth > 0).then_some(PlannedCut {
            counted,
            remaining: nth,
            end,
        });
    }
}

impl fmt::Debug for WireProxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WireProxy")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl Drop for WireProxy {
    fn drop(&mut self) {
        self.shared.is_closed.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, which then sees that it is over.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        self.shared.cut();
    }
}

impl Shared {
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming() {
            if self.is_closed.load(Ordering::SeqCst) {
                return;
            }
            // A client that cannot be served sees its connection closed.
            let Ok(connection) = client.and_then(|client| Connection::open(client, &self.upstream.place))
            else {
                continue;
            };
            let connection = Arc::new(connection);
            self.accepted.fetch_add(1, Ordering::SeqCst);
            {
                let mut connections = lock(&self.connections);
                connections.retain(|connection| connection.strong_count() > 0);
                connections.push(Arc::downgrade(&connection));
            }
            if relay::spawn(self, &connection).is_err() {
                connection.cut();
            }
        }
    }

    fn cut(&self) {
        for connection in lock(&self.connections)
            .drain(..)
            .filter_map(|connection| connection.upgrade())
        {
            connection.cut();
        }
    }

    fn counts(&self) -> MutexGuard<'_, WireSnapshot> {
        lock(&self.counts)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
