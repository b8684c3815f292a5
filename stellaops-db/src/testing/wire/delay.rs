//! Bytes that arrive later, each by the same time.

use std::{
    io::{self, Write},
    net::Shutdown,
    sync::mpsc,
    time::{Duration, Instant},
};

use super::socket::Socket;

/// The system wakes a sleeper up to this much too late; the rest is waited for awake.
const WAKE_UP: Duration = Duration::from_micros(120);

/// The way out of one direction: straight, or through a thread that holds each chunk until its time has come.
pub(super) enum Outlet {
    Straight(Socket),
    Delayed {
        delay: Duration,
        line: mpsc::Sender<(Instant, Vec<u8>)>,
    },
}

impl Outlet {
    pub(super) fn new(mut socket: Socket, delay: Duration) -> io::Result<Self> {
        if delay.is_zero() {
            return Ok(Self::Straight(socket));
        }
        let (line, chunks) = mpsc::channel::<(Instant, Vec<u8>)>();
        std::thread::Builder::new()
            .name("wire-delay".to_owned())
            .spawn(move || {
                for (due, chunk) in chunks {
                    wait_until(due);
                    if socket.write_all(&chunk).is_err() {
                        break;
                    }
                }
                socket.shutdown(Shutdown::Write);
            })?;
        Ok(Self::Delayed { delay, line })
    }

    /// Sends what arrived at a time.
    pub(super) fn send(&mut self, arrived: Instant, chunk: &[u8]) -> io::Result<()> {
        match self {
            Self::Straight(socket) => socket.write_all(chunk),
            Self::Delayed { delay, line } => line
                .send((arrived + *delay, chunk.to_vec()))
                .map_err(|_| io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Drop for Outlet {
    /// The other side sees the end, after all that was sent.
    fn drop(&mut self) {
        if let Self::Straight(socket) = self {
            socket.shutdown(Shutdown::Write);
        }
    }
}

fn wait_until(due: Instant) {
    loop {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        if left > WAKE_UP {
            std::thread::sleep(left - WAKE_UP);
        } else {
            std::thread::yield_now();
        }
    }
}
