//! Where a server is and how to log in, whoever started it.

use std::{
    path::Path,
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering},
};

use sqlx::{
    ConnectOptions, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};

use super::{TEST_URL_VARIABLE, error::TestingError, lease::Lease};

/// The database that every server has, for statements that concern the whole server.
const MAINTENANCE: &str = "postgres";
/// The port that names the socket of a throwaway server; nothing listens on it.
pub(super) const SOCKET_PORT: u16 = 5432;

/// A server's address with the superuser's login.
pub(super) struct Address {
    /// Tells servers of this process apart.
    pub(super) identity: u64,
    superuser: PgConnectOptions,
    url: UrlParts,
    external: bool,
    lease: tokio::sync::OnceCell<Lease>,
}

/// The parts of a URL as they were written, percent-encoded.
struct UrlParts {
    scheme: String,
    user: String,
    /// With its colon.
    password: String,
    host: String,
    /// With its question mark.
    query: String,
}

impl Address {
    /// A throwaway server's.
    pub(super) fn of_socket(directory: &Path, port: u16) -> Self {
        let superuser = PgConnectOptions::new_without_pgpass()
            .socket(directory)
            .port(port)
            .username("postgres")
            .ssl_mode(PgSslMode::Disable);
        let url = UrlParts {
            scheme: "postgresql".to_owned(),
            user: "postgres".to_owned(),
            password: String::new(),
            host: format!("{}:{port}", encode(&directory.to_string_lossy())),
            query: String::new(),
        };
        Self::new(superuser, url, false)
    }

    /// The one of `STELLAOPS_DB_TEST_URL`.
    pub(super) fn of_url(text: &str) -> Result<Self, TestingError> {
        let refused = |reason: &str| TestingError::Url {
            reason: reason.to_owned(),
        };
        let url = UrlParts::parse(text)
            .ok_or_else(|| refused("it must look like postgresql://user:password@host:port/database"))?;
        if ["user=", "password=", "dbname="]
            .iter()
            .any(|key| url.query.contains(key))
        {
            return Err(refused(
                "user, password and database belong in front of the question mark",
            ));
        }
        let superuser = PgConnectOptions::from_str(text).map_err(|error| refused(&error.to_string()))?;
        Ok(Self::new(superuser, url, true))
    }

    fn new(superuser: PgConnectOptions, url: UrlParts, external: bool) -> Self {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let identity = COUNTER.fetch_add(1, Ordering::Relaxed);
        Self {
            identity,
            superuser,
            url,
            external,
            lease: tokio::sync::OnceCell::const_new(),
        }
    }

    /// Whether the server is of `STELLAOPS_DB_TEST_URL`.
    pub(super) fn is_external(&self) -> bool {
        self.external
    }

    pub(super) fn options(&self, database: &str, role: Option<&str>) -> PgConnectOptions {
        let options = self.superuser.clone().database(database);
        match role {
            Some(role) => options.username(role),
            None => options,
        }
    }

    pub(super) fn url(&self, database: &str, role: Option<&str>) -> String {
        let UrlParts {
            scheme,
            user,
            password,
            host,
            query,
        } = &self.url;
        let user = role.map_or(user.clone(), encode);
        let separator = if user.is_empty() { "" } else { "@" };
        format!(
            "{scheme}://{user}{password}{separator}{host}/{}{query}",
            encode(database)
        )
    }

    /// The superuser's password, which the logins of tests get too: none where the server asks for none.
    pub(super) fn password(&self) -> Option<String> {
        self.url.password.strip_prefix(':').map(decode)
    }

    /// A superuser's connection for statements that concern the whole server.
    pub(super) async fn connect_to_maintenance(&self) -> Result<PgConnection, TestingError> {
        let action = format!("connect to the database `{MAINTENANCE}` of the test server");
        self.options(MAINTENANCE, None)
            .connect()
            .await
            .map_err(TestingError::database(action))
    }

    /// What the names of this process's databases on this server begin with.
    pub(super) async fn name_prefix(&self) -> Result<String, TestingError> {
        let lease = self.lease.get_or_try_init(async || {
            if self.external {
                Lease::take(self.options(MAINTENANCE, None)).await
            } else {
                Ok(Lease::unneeded())
            }
        });
        Ok(lease.await?.name_prefix())
    }
}

impl UrlParts {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        if !matches!(scheme, "postgres" | "postgresql") {
            return None;
        }
        let (rest, query) = rest.find('?').map_or((rest, ""), |at| rest.split_at(at));
        let authority = rest.split('/').next().unwrap_or_default();
        let (login, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.find(':').map_or((login, ""), |at| login.split_at(at));
        let parts = [scheme, user, password, host, query].map(str::to_owned);
        let [scheme, user, password, host, query] = parts;
        Some(Self {
            scheme,
            user,
            password,
            host,
            query,
        })
    }
}

/// The value of `STELLAOPS_DB_TEST_URL`, if it is set to anything.
pub(super) fn external_url() -> Option<String> {
    std::env::var(TEST_URL_VARIABLE)
        .ok()
        .filter(|url| !url.is_empty())
}

/// Percent-encodes all but the characters that mean themselves everywhere in a URL.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        match digits.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                decoded.push(byte);
                at += 3;
            }
            _ => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
