//! How a connection is protected: over TLS with the server verified, unless somebody said otherwise where it is seen.

use std::net::IpAddr;
use std::path::PathBuf;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::connect::ConnectError;

/// How the connections to a server are protected. A server on another machine is spoken to as
/// [`VerifyFull`](TlsMode::VerifyFull), unless the URL has an `sslmode` or the configuration names another mode.
/// A Unix socket has no use for any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Over TLS; the certificate comes from an authority that is trusted, and names the host.
    VerifyFull,
    /// Over TLS; the certificate comes from an authority that is trusted, and may name another host.
    VerifyCa,
    /// Over TLS; nobody looks whose certificate it is.
    Require,
    /// Over TLS where the server offers it, else in plain text; nobody looks whose certificate it is.
    Prefer,
    /// In plain text.
    Disable,
}

impl TlsMode {
    /// Every mode, the strictest first.
    pub const ALL: [TlsMode; 5] = [
        TlsMode::VerifyFull,
        TlsMode::VerifyCa,
        TlsMode::Require,
        TlsMode::Prefer,
        TlsMode::Disable,
    ];

    /// The word for it, as in a URL's `sslmode`.
    pub fn as_str(self) -> &'static str {
        match self {
            TlsMode::VerifyFull => "verify-full",
            TlsMode::VerifyCa => "verify-ca",
            TlsMode::Require => "require",
            TlsMode::Prefer => "prefer",
            TlsMode::Disable => "disable",
        }
    }

    /// The mode of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        TlsMode::ALL.into_iter().find(|mode| mode.as_str() == word)
    }

    /// The driver never begins TLS for `allow`: that is plain text, and is told as such.
    pub(super) fn of(options: &PgConnectOptions) -> Self {
        match options.get_ssl_mode() {
            PgSslMode::VerifyFull => TlsMode::VerifyFull,
            PgSslMode::VerifyCa => TlsMode::VerifyCa,
            PgSslMode::Require => TlsMode::Require,
            PgSslMode::Prefer => TlsMode::Prefer,
            PgSslMode::Allow | PgSslMode::Disable => TlsMode::Disable,
        }
    }

    fn to_driver(self) -> PgSslMode {
        match self {
            TlsMode::VerifyFull => PgSslMode::VerifyFull,
            TlsMode::VerifyCa => PgSslMode::VerifyCa,
            TlsMode::Require => PgSslMode::Require,
            TlsMode::Prefer => PgSslMode::Prefer,
            TlsMode::Disable => PgSslMode::Disable,
        }
    }

    /// What is given up, compared with the default.
    fn given_up(self) -> Option<&'static str> {
        match self {
            TlsMode::VerifyFull => None,
            TlsMode::VerifyCa => Some(
                "the certificate may name another host: any server of the same authority can pass for this one",
            ),
            TlsMode::Require => {
                Some("nobody looks whose certificate it is: whoever stands between can pass for the server")
            }
            TlsMode::Prefer => Some(
                "nobody looks whose certificate it is, and a server without TLS is spoken to in plain text: whoever stands between can read and change everything",
            ),
            TlsMode::Disable => {
                Some("everything is sent in plain text: whoever stands between can read and change it")
            }
        }
    }
}

impl std::fmt::Display for TlsMode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What a configuration says of TLS beside its URLs; it holds for all logins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tls {
    pub(crate) mode: Option<TlsMode>,
    /// The file of the authority that signed the servers' certificates.
    pub(crate) authority: Option<PathBuf>,
    /// The files of our certificate and of its key.
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

impl Tls {
    /// The options of a login with all that is said here. On a Unix socket there is no TLS.
    pub(crate) fn apply(&self, options: &PgConnectOptions) -> PgConnectOptions {
        let mut options = options.clone();
        if is_socket(&options) {
            return options.ssl_mode(PgSslMode::Disable);
        }
        if let Some(mode) = self.mode {
            options = options.ssl_mode(mode.to_driver());
        }
        if let Some(path) = &self.authority {
            options = options.ssl_root_cert(path);
        }
        if let Some(path) = &self.certificate {
            options = options.ssl_client_cert(path);
        }
        if let Some(path) = &self.key {
            options = options.ssl_client_key(path);
        }
        options
    }
}

/// The options of a login whose mode nobody has stated: `prefer`, the driver's default, becomes `verify-full` where
/// the server is not on this machine. What the driver was told otherwise stays.
pub(crate) fn verified(options: PgConnectOptions) -> PgConnectOptions {
    match TlsMode::of(&options) {
        TlsMode::Prefer if is_remote(&options) => options.ssl_mode(PgSslMode::VerifyFull),
        _ => options,
    }
}

/// As [`verified`], whatever the environment of the process says: a `PGSSLMODE` that somebody left there is not seen
/// by who reads the configuration.
pub(crate) fn verified_by_default(options: PgConnectOptions) -> PgConnectOptions {
    match is_remote(&options) {
        true => options.ssl_mode(PgSslMode::VerifyFull),
        false => options,
    }
}

/// Looks at a login before anything is sent: tells of what is given up, and refuses TLS where none was built in.
pub(crate) fn look_at(login: &'static str, session: &PgConnectOptions) -> Result<(), ConnectError> {
    if !is_remote(session) {
        return Ok(());
    }
    let mode = TlsMode::of(session);
    if !cfg!(feature = "tls") && mode != TlsMode::Disable {
        return Err(ConnectError::NoTlsBuilt {
            login: place(session),
            mode,
        });
    }
    if let Some(given_up) = mode.given_up() {
        tracing::warn!(
            login,
            server = place(session),
            sslmode = mode.as_str(),
            given_up,
            "a server on another machine is not verified"
        );
    }
    Ok(())
}

/// `login@host:port`.
pub(crate) fn place(options: &PgConnectOptions) -> String {
    format!(
        "{}@{}:{}",
        options.get_username(),
        options.get_host(),
        options.get_port()
    )
}

pub(crate) fn is_socket(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || options.get_host().starts_with('/')
}

/// Whether the server is, as far as its name tells, on another machine.
pub(crate) fn is_remote(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_here = match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    };
    !is_here && !is_socket(options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn a_server_elsewhere_is_verified_unless_something_else_is_stated() {
        for (url, mode) in [
            ("postgres://app@db.example/x", TlsMode::VerifyFull),
            ("postgres://app@10.1.2.3/x", TlsMode::VerifyFull),
            ("postgres://app@0.0.0.0/x", TlsMode::VerifyFull),
            ("postgres://app@[2001:db8::1]/x", TlsMode::VerifyFull),
            ("postgres://app@localhost.example/x", TlsMode::VerifyFull),
            ("postgres://app@localhost/x?host=db.example", TlsMode::VerifyFull),
            ("postgres://app@db.example/x?sslmode=prefer", TlsMode::Prefer),
            ("postgres://app@db.example/x?ssl-mode=require", TlsMode::Require),
            ("postgres://app@db.example/x?sslmode=allow", TlsMode::Disable),
            ("postgres://app@localhost/x", TlsMode::Prefer),
            ("postgres://app@127.0.0.2/x", TlsMode::Prefer),
            ("postgres://app@[::1]/x", TlsMode::Prefer),
            ("postgres://app@[::ffff:127.0.0.1]/x", TlsMode::Prefer),
            (
                "postgres://app@localhost/x?sslmode=verify-full",
                TlsMode::VerifyFull,
            ),
            (
                "postgres://app@%2Frun%2Fpostgresql/x?sslmode=verify-full",
                TlsMode::Disable,
            ),
        ] {
            let config = Config::from_url(url).expect(url);
            assert_eq!(TlsMode::of(&config.session(&config.application)), mode, "{url}");
        }
    }

    #[test]
    fn the_drivers_own_options_are_verified_where_they_say_nothing() {
        let options = PgConnectOptions::new_without_pgpass().host("db.example");
        for (stated, mode) in [
            (PgSslMode::Prefer, TlsMode::VerifyFull),
            (PgSslMode::Require, TlsMode::Require),
            (PgSslMode::Disable, TlsMode::Disable),
        ] {
            let options = options.clone().ssl_mode(stated);
            let config = Config::from_options(options.clone())
                .with_system_options(options.clone())
                .with_replica_options(options);
            for login in [
                Some(&config.application),
                config.system.as_ref(),
                config.replica.as_ref(),
            ] {
                let session = config.session(login.expect("all three are set"));
                assert_eq!(TlsMode::of(&session), mode);
            }
            let weakened = config.with_tls(TlsMode::Prefer);
            let session = weakened.session(&weakened.application);
            assert_eq!(TlsMode::of(&session), TlsMode::Prefer);
        }
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn without_the_feature_a_server_elsewhere_is_refused_unless_plain_text_is_stated() {
        let look = |url| {
            let config = Config::from_url(url).expect("a URL");
            look_at("application", &config.session(&config.application))
        };
        let refused = look("postgres://app@db.example/x")
            .expect_err("is refused")
            .to_string();
        assert!(
            refused.contains("feature `tls`") && refused.contains("app@db.example:5432"),
            "{refused}"
        );
        assert!(look("postgres://app@db.example/x?sslmode=prefer").is_err());
        assert!(look("postgres://app@db.example/x?sslmode=disable").is_ok());
        assert!(look("postgres://app@localhost/x").is_ok());
    }
}
