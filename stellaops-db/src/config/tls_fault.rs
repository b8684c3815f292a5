//! Why no protected connection came about, in words that lead on.

use std::io::ErrorKind;

use sqlx::postgres::PgConnectOptions;

use super::tls::is_socket;

/// Why a connection over TLS was refused, by us or by the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFault {
    /// The server speaks no TLS. There is no silent return to plain text.
    #[error(
        "the server offers no TLS; turn `ssl` on there, or say `sslmode=disable` where the network between may be trusted"
    )]
    NotOffered,
    /// The certificate comes from an authority that is not trusted here.
    #[error(
        "its certificate is signed by no authority that is trusted here; name the file of the authority that signed it, by `tls_authority` or by `sslrootcert=` in the URL"
    )]
    UnknownAuthority,
    /// The certificate names other hosts.
    #[error(
        "its certificate is for {}, and not for the host that was asked for; connect by a name that is in the certificate, or have it made for this one",
        named(presented)
    )]
    WrongName {
        /// The names in the certificate.
        presented: Vec<String>,
    },
    /// The certificate was valid until some time in the past.
    #[error("its certificate has expired; renew it on the server, or set the clock of this machine")]
    Expired,
    /// The certificate will be valid later.
    #[error(
        "its certificate is not yet valid; set the clock of this machine, or that of the server's authority"
    )]
    NotYetValid,
    /// The certificate was taken back.
    #[error("its certificate was revoked; renew it on the server")]
    Revoked,
    /// The server wants a certificate from us, or another one.
    #[error(
        "the server wants a certificate that it trusts; name its file and that of its key, by `tls_certificate` and `tls_key` or by `sslcert=` and `sslkey=` in the URL"
    )]
    CertificateWanted,
    /// A file of certificates or keys cannot be read.
    #[error(
        "a file of `tls_authority`, `tls_certificate` or `tls_key` (`sslrootcert`, `sslcert`, `sslkey`) cannot be read: {cause}"
    )]
    File {
        /// What the operating system said, or what is wrong inside.
        cause: String,
    },
    /// Anything else that the two sides did not agree about.
    #[error("no connection over TLS came about: {cause}")]
    Other {
        /// What the TLS library said.
        cause: String,
    },
}

fn named(names: &[String]) -> String {
    match names {
        [] => "no host".into(),
        names => names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

impl TlsFault {
    /// What an error of the driver's means, if it is about TLS at all: on a Unix socket there is none.
    pub(crate) fn of(error: &sqlx::Error, session: &PgConnectOptions) -> Option<Self> {
        match error {
            _ if is_socket(session) => None,
            // The driver has a text for it, and nothing else.
            sqlx::Error::Tls(cause) if cause.to_string() == "server does not support TLS" => {
                Some(TlsFault::NotOffered)
            }
            sqlx::Error::Tls(cause) => Some(TlsFault::of_cause(cause.as_ref())),
            // The files are read by the driver; a server that is not there is refused or times out.
            sqlx::Error::Io(cause) => match cause.kind() {
                ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::IsADirectory => {
                    Some(TlsFault::File {
                        cause: cause.to_string(),
                    })
                }
                _ => cause.get_ref().and_then(known),
            },
            sqlx::Error::Configuration(cause) => Some(TlsFault::File {
                cause: cause.to_string(),
            }),
            _ => None,
        }
    }

    fn of_cause(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Self {
        let text = cause.to_string();
        known(cause).unwrap_or(match text.starts_with("Invalid certificate") {
            true => TlsFault::File { cause: text },
            false => TlsFault::Other { cause: text },
        })
    }
}

/// What the TLS library says.
#[cfg(feature = "tls")]
fn known(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<TlsFault> {
    use rustls::{AlertDescription, Error};
    Some(match cause.downcast_ref::<Error>()? {
        Error::InvalidCertificate(fault) => of_certificate(fault),
        Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::AccessDenied,
        ) => TlsFault::CertificateWanted,
        other => TlsFault::Other {
            cause: other.to_string(),
        },
    })
}

#[cfg(feature = "tls")]
fn of_certificate(fault: &rustls::CertificateError) -> TlsFault {
    use rustls::CertificateError;
    match fault {
        CertificateError::UnknownIssuer => TlsFault::UnknownAuthority,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TlsFault::NotYetValid,
        CertificateError::Revoked => TlsFault::Revoked,
        CertificateError::NotValidForName => TlsFault::WrongName {
            presented: Vec::new(),
        },
        CertificateError::NotValidForNameContext { presented, .. } => TlsFault::WrongName {
            presented: presented.clone(),
        },
        other => TlsFault::Other {
            cause: other.to_string(),
        },
    }
}

/// Without the feature the driver begins no TLS, unless the program brings another library for it.
#[cfg(not(feature = "tls"))]
fn known(_: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<TlsFault> {
    None
}
