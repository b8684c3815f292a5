//! A throwaway server that is reached over the network, as servers in production are: with TLS, or without.

use std::{fmt, net::TcpListener};

use super::{
    binaries::PostgresBinaries,
    error::TestingError,
    guard::Guard,
    server::{PostgresServer, SETTINGS, blocking},
};

/// What a server proves its name with, as PEM texts.
#[derive(Clone)]
pub struct ServerTls {
    /// The certificate, with those between it and the authority's behind it.
    pub certificate: String,
    /// Its key.
    pub key: String,
    /// The authority whose certificates logins have to show; none where they need none.
    pub client_authority: Option<String>,
}

/// A throwaway server that also listens on a port of this machine. It asks for no password.
///
/// ```no_run
/// # async fn example() -> Result<(), stellaops_db::testing::TestingError> {
/// use stellaops_db::testing::{NetworkServer, PostgresBinaries};
///
/// let plain = NetworkServer::start(PostgresBinaries::find()?, None).await?;
/// let url = format!("postgres://postgres@127.0.0.1:{}/postgres", plain.port());
/// # Ok(()) }
/// ```
pub struct NetworkServer {
    server: PostgresServer,
    port: u16,
}

impl NetworkServer {
    /// Starts one; without TLS it answers in plain text only.
    ///
    /// # Errors
    /// [`TestingError::Start`] with the end of the server's log, when it does not come up.
    pub async fn start(binaries: PostgresBinaries, tls: Option<ServerTls>) -> Result<Self, TestingError> {
        let port = free_port().map_err(TestingError::system("find a port for a test server"))?;
        let programs = binaries.clone();
        let guard = blocking(move || start(&programs, port, tls.as_ref())).await?;
        Ok(Self {
            server: PostgresServer::of_guard(binaries, guard, port),
            port,
        })
    }

    /// The server, by its socket: for what prepares a test.
    pub fn server(&self) -> &PostgresServer {
        &self.server
    }

    /// The port, on each address of the loopback interface.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Debug for NetworkServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NetworkServer")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

fn start(binaries: &PostgresBinaries, port: u16, tls: Option<&ServerTls>) -> Result<Guard, TestingError> {
    let mut settings: Vec<String> = SETTINGS.into_iter().map(str::to_owned).collect();
    settings.extend([
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "hba_file={folder}/hba".to_owned(),
    ]);
    let needs_certificate = tls.is_some_and(|tls| tls.client_authority.is_some());
    let hba = match needs_certificate {
        true => "local all all trust\nhostssl all all all trust clientcert=verify-ca\n",
        false => "local all all trust\nhost all all all trust\n",
    };
    let mut files = vec![("hba", hba)];
    if let Some(tls) = tls {
        settings.extend([
            "ssl=on".to_owned(),
            "ssl_cert_file={folder}/certificate".to_owned(),
            "ssl_key_file={folder}/key".to_owned(),
        ]);
        files.extend([
            ("certificate", tls.certificate.as_str()),
            ("key", tls.key.as_str()),
        ]);
        if let Some(authority) = &tls.client_authority {
            settings.push("ssl_ca_file={folder}/authority".to_owned());
            files.push(("authority", authority));
        }
    }
    Guard::start(binaries, &settings, &files)
}

/// One that nobody listens on now. Whoever takes it in the moment until the server does keeps the server from starting.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
