//! Moves the bytes of one connection, counts its messages and cuts it where that was planned.

use std::{
    io::{self, Read},
    net::{Shutdown, TcpStream},
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    Counted, End, Peer, Place, PlannedCut, Shared, WireProxy,
    delay::Outlet,
    framing::{Framing, Mark},
    lock,
    socket::Socket,
};

const CHUNK: usize = 64 * 1024;
/// How often a held message looks whether it may go on.
const LOOK: Duration = Duration::from_millis(1);
/// PostgreSQL refuses first messages that are longer.
const LONGEST_STARTUP: u32 = 10_000;
const SSL_REQUEST: u32 = 80_877_103;
const GSS_ENCRYPTION_REQUEST: u32 = 80_877_104;

/// The two sockets of a client that is connected to a server.
pub(super) struct Connection {
    client: Socket,
    server: Socket,
    /// Whose turn it is, to tell exchanges apart.
    server_has_spoken: AtomicBool,
}

impl Connection {
    pub(super) fn open(client: TcpStream, place: &Place) -> io::Result<Self> {
        let client = Socket::of_tcp(client)?;
        let server = Socket::connect(place)?;
        Ok(Self {
            client,
            server,
            server_has_spoken: AtomicBool::new(true),
        })
    }

    /// Closes both sides; what was on its way is lost.
    pub(super) fn cut(&self) {
        self.client.shutdown(Shutdown::Both);
        self.server.shutdown(Shutdown::Both);
    }
}

/// Starts the two threads of a connection.
pub(super) fn spawn(shared: &Arc<Shared>, connection: &Arc<Connection>) -> io::Result<()> {
    let to_server = Outlet::new(connection.server.handle()?, shared.one_way)?;
    let to_client = Outlet::new(connection.client.handle()?, shared.one_way)?;
    let from_client = Relay::new(shared, connection, Peer::Frontend, connection.client.handle()?);
    let from_server = Relay::new(shared, connection, Peer::Backend, connection.server.handle()?);
    let thread = || std::thread::Builder::new().name("wire-relay".to_owned());
    thread().spawn(move || from_client.relay_client(to_server, to_client, from_server))?;
    Ok(())
}

/// One direction of a connection.
struct Relay {
    shared: Arc<Shared>,
    connection: Arc<Connection>,
    peer: Peer,
    from: Socket,
    framing: Framing,
    /// The message that is passing is the last one.
    cut_at_end: bool,
}

impl Relay {
    fn new(shared: &Arc<Shared>, connection: &Arc<Connection>, peer: Peer, from: Socket) -> Self {
        let (shared, connection) = (Arc::clone(shared), Arc::clone(connection));
        Self {
            shared,
            connection,
            peer,
            from,
            framing: Framing::new(),
            cut_at_end: false,
        }
    }

    /// The client's direction, which begins with messages that have no type; the server speaks only after them.
    fn relay_client(mut self, mut to_server: Outlet, mut to_client: Outlet, from_server: Self) {
        let started = self.relay_startup(&mut to_server, &mut to_client).and_then(|()| {
            let thread = std::thread::Builder::new().name("wire-relay".to_owned());
            thread.spawn(move || from_server.relay_server(to_client))
        });
        if started.is_err() {
            self.connection.cut();
        } else {
            // The end of the connection is no error of the proxy; the server learns of it as the outlet is dropped.
            let _ = self.relay(&mut to_server);
        }
    }

    fn relay_server(mut self, mut to_client: Outlet) {
        // See above; a planned cut ends it, too. The client sees the end after all that was sent to it.
        let _ = self.relay(&mut to_client);
        self.connection.server.shutdown(Shutdown::Both);
    }

    /// Passes the first message on. Requests for encryption before it are refused as a server without TLS does, so
    /// that all that follows can be read.
    fn relay_startup(&mut self, to_server: &mut Outlet, to_client: &mut Outlet) -> io::Result<()> {
        loop {
            let mut header = [0; 8];
            self.from.read_exact(&mut header)?;
            let arrived = Instant::now();
            let [length, code] = [&header[..4], &header[4..]].map(big_endian);
            self.count_exchange();
            self.begin()?;
            if matches!(code, SSL_REQUEST | GSS_ENCRYPTION_REQUEST) {
                self.connection.server_has_spoken.store(true, Ordering::SeqCst);
                self.begin()?;
                to_client.send(arrived + self.shared.one_way, b"N")?;
                continue;
            }
            if !(8..=LONGEST_STARTUP).contains(&length) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let mut message = header.to_vec();
            message.resize(length as usize, 0);
            self.from.read_exact(&mut message[8..])?;
            *self
                .shared
                .counts()
                .frontend
                .entry(WireProxy::STARTUP)
                .or_default() += 1;
            return to_server.send(arrived, &message);
        }
    }

    /// Cuts the connection in front of a message without a type, where that was planned.
    fn begin(&self) -> io::Result<()> {
        match self.shared.reach(None) {
            Some(_) => Err(io::ErrorKind::ConnectionAborted.into()),
            None => Ok(()),
        }
    }

    /// Passes everything on until one side ends or the cut that was planned is reached.
    fn relay(&mut self, outlet: &mut Outlet) -> io::Result<()> {
        let mut buffer = vec![0; CHUNK];
        loop {
            let length = self.from.read(&mut buffer)?;
            let arrived = Instant::now();
            let chunk = &buffer[..length];
            if chunk.is_empty() {
                return Ok(());
            }
            let mut rest = chunk;
            while let ControlFlow::Break(end) = self.count(rest) {
                if !self.shared.is_held.load(Ordering::SeqCst) {
                    // The client gets no answer to what the server still receives.
                    if self.peer == Peer::Frontend {
                        self.connection.client.shutdown(Shutdown::Both);
                    }
                    return outlet.send(arrived, &rest[..end]);
                }
                outlet.send(arrived, &rest[..end])?;
                self.shared.wait_while_held();
                rest = &rest[end..];
            }
            outlet.send(arrived, rest)?;
        }
    }

    /// Counts the messages that begin in a chunk; breaks where the connection is to be cut.
    fn count(&mut self, chunk: &[u8]) -> ControlFlow<usize> {
        match self.peer {
            Peer::Backend => self.connection.server_has_spoken.store(true, Ordering::SeqCst),
            // Nobody waits for an answer to Terminate.
            Peer::Frontend if chunk == b"X\0\0\0\x04" => {}
            Peer::Frontend => self.count_exchange(),
        }
        let Self {
            shared,
            peer,
            framing,
            cut_at_end,
            ..
        } = self;
        let mut counts = shared.counts();
        framing.scan(chunk, |mark| match mark {
            Mark::Starts { kind, at } => {
                let end = shared.reach(Some((*peer, kind)));
                if end == Some(End::Held) {
                    // It begins once more when it may go on, and is counted then.
                    return ControlFlow::Break(at);
                }
                let by_kind = match peer {
                    Peer::Frontend => &mut counts.frontend,
                    Peer::Backend => &mut counts.backend,
                };
                *by_kind.entry(kind).or_default() += 1;
                *cut_at_end |= end == Some(End::CutBehind);
                match end {
                    Some(End::CutBefore) => ControlFlow::Break(at),
                    _ => ControlFlow::Continue(()),
                }
            }
            Mark::Ends { at } if *cut_at_end => ControlFlow::Break(at),
            Mark::Ends { .. } => ControlFlow::Continue(()),
        })
    }

    fn count_exchange(&self) {
        if self.connection.server_has_spoken.swap(false, Ordering::SeqCst) {
            self.shared.counts().exchanges += 1;
        }
    }
}

impl Shared {
    /// What was planned for this message, if anything; none has no type.
    fn reach(&self, message: Option<(Peer, u8)>) -> Option<End> {
        let mut planned = lock(&self.planned_cut);
        let is_counted = |plan: &&mut PlannedCut| match plan.counted {
            Counted::OfServer(kind) => message == Some((Peer::Backend, kind)),
            Counted::Typed => message.is_some(),
            Counted::All => true,
        };
        let plan = planned.as_mut().filter(is_counted)?;
        plan.remaining -= 1;
        if plan.remaining > 0 {
            return None;
        }
        let end = planned.take().map(|plan| plan.end);
        if end == Some(End::Held) {
            self.is_held.store(true, Ordering::SeqCst);
        }
        end
    }

    fn wait_while_held(&self) {
        while self.is_held.load(Ordering::SeqCst) && !self.is_closed.load(Ordering::SeqCst) {
            std::thread::sleep(LOOK);
        }
    }
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}
