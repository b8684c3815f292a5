//! A client that sends what it is told, message by message (protocol version 3).

use std::io::{Read, Write};
use std::net::TcpStream;

/// One connection, past its start.
pub(crate) struct RawClient {
    socket: TcpStream,
    pending: Vec<u8>,
}

/// A message of the server: its type and its body.
pub(crate) type Message = (u8, Vec<u8>);

impl RawClient {
    /// Connects to a server that trusts its clients.
    pub(crate) fn connect(port: u16, user: &str, database: &str) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", port)).expect("connects");
        let mut client = RawClient {
            socket,
            pending: Vec::new(),
        };
        let startup = format!("\0\u{3}\0\0user\0{user}\0database\0{database}\0\0").into_bytes();
        let length = u32::try_from(startup.len() + 4).expect("it is short");
        client.pending.extend(length.to_be_bytes());
        client.pending.extend(startup);
        client.answer();
        client
    }

    pub(crate) fn parse(&mut self, name: &str, sql: &str, types: &[u32]) -> &mut Self {
        let mut body = texts(&[name, sql]);
        body.extend(count(types.len()));
        body.extend(types.iter().flat_map(|oid| oid.to_be_bytes()));
        self.message(b'P', &body)
    }

    /// Binds text parameters.
    pub(crate) fn bind(&mut self, portal: &str, statement: &str, values: &[&str]) -> &mut Self {
        let mut body = texts(&[portal, statement]);
        body.extend(count(0));
        body.extend(count(values.len()));
        for value in values {
            body.extend(u32::try_from(value.len()).expect("it is short").to_be_bytes());
            body.extend(value.as_bytes());
        }
        body.extend(count(0));
        self.message(b'B', &body)
    }

    pub(crate) fn execute(&mut self, portal: &str) -> &mut Self {
        let mut body = texts(&[portal]);
        body.extend(0_u32.to_be_bytes());
        self.message(b'E', &body)
    }

    pub(crate) fn sync(&mut self) -> &mut Self {
        self.message(b'S', &[])
    }

    /// Sends all that is pending in one piece and reads up to the next ReadyForQuery.
    pub(crate) fn answer(&mut self) -> Vec<Message> {
        let sent = std::mem::take(&mut self.pending);
        self.socket.write_all(&sent).expect("sends");
        let mut messages = Vec::new();
        loop {
            let mut head = [0; 5];
            self.socket.read_exact(&mut head).expect("the server answers");
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            let mut body = vec![0; length - 4];
            self.socket.read_exact(&mut body).expect("the message is whole");
            let is_last = head[0] == b'Z';
            messages.push((head[0], body));
            if is_last {
                return messages;
            }
        }
    }

    fn message(&mut self, kind: u8, body: &[u8]) -> &mut Self {
        self.pending.push(kind);
        let length = u32::try_from(body.len() + 4).expect("it is short");
        self.pending.extend(length.to_be_bytes());
        self.pending.extend(body);
        self
    }
}

/// The first column of each row, as text.
pub(crate) fn first_column(messages: &[Message]) -> Vec<String> {
    let rows = messages.iter().filter(|(kind, _)| *kind == b'D');
    rows.map(|(_, body)| {
        let length = u32::from_be_bytes([body[2], body[3], body[4], body[5]]) as usize;
        String::from_utf8_lossy(&body[6..6 + length]).into_owned()
    })
    .collect()
}

/// A field of the error, `C` for its code, `n` for its constraint.
pub(crate) fn error_field(messages: &[Message], field: u8) -> Option<String> {
    let (_, body) = messages.iter().find(|(kind, _)| *kind == b'E')?;
    let mut fields = body.split(|byte| *byte == 0);
    let found = fields.find(|text| text.first() == Some(&field))?;
    Some(String::from_utf8_lossy(&found[1..]).into_owned())
}

fn texts(texts: &[&str]) -> Vec<u8> {
    let ended = texts.iter().flat_map(|text| [text.as_bytes(), b"\0"]);
    ended.flatten().copied().collect()
}

fn count(number: usize) -> [u8; 2] {
    u16::try_from(number).expect("it is small").to_be_bytes()
}
