//! A login's URL, with everything in it known: what the driver does not know it would pass over, and log.

use std::str::FromStr as _;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use stellaops_db_spec::diagnostic::nearest;
use url::Url;

use super::login::{LoginFault, look_at_login};
use super::tls::{verified, verified_by_default};

/// What a URL may say behind its question mark.
const PARAMETERS: [&str; 17] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
];

/// A URL that was understood.
pub(crate) struct LoginUrl {
    pub(crate) options: PgConnectOptions,
    /// Whether there is a password in it.
    pub(crate) has_password: bool,
    /// The first parameter in it that is about TLS.
    pub(crate) tls_parameter: Option<&'static str>,
    /// Whether it names the login.
    pub(crate) has_user: bool,
    /// Whether it names the database.
    pub(crate) has_database: bool,
}

/// Why a text is no URL of a login; it is never repeated, since it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UrlFault {
    #[error("not a URL of the form postgres://user@host/database")]
    NoUrl,
    #[error("not a URL whose `sslmode` is one of disable, allow, prefer, require, verify-ca, verify-full")]
    Mode,
    #[error("not a URL with known parameters{}", meant(name, *nearest))]
    Parameter {
        name: String,
        nearest: Option<&'static str>,
    },
    #[error(transparent)]
    Login(#[from] LoginFault),
}

fn meant(name: &str, nearest: Option<&str>) -> String {
    match nearest {
        // So near to a known name, it is a misspelling. Any other may be a part of a password.
        Some(nearest) => format!(": `{name}` is none; `{nearest}` is one"),
        None => "; those of TLS are sslmode, sslrootcert, sslcert and sslkey".to_owned(),
    }
}

impl LoginUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, UrlFault> {
        // The driver writes each part with a NUL behind it: what followed one would be a setting of its own.
        if text.contains("%00") {
            return Err(UrlFault::NoUrl);
        }
        let url: Url = text.parse().map_err(|_| UrlFault::NoUrl)?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(UrlFault::NoUrl);
        }
        let mut stated = Vec::new();
        for (name, value) in url.query_pairs() {
            let name = known_parameter(&name)?;
            if matches!(name, "sslmode" | "ssl-mode") && PgSslMode::from_str(&value).is_err() {
                return Err(UrlFault::Mode);
            }
            stated.push(name);
        }
        // Only now: the driver logs a parameter that it does not know, with its value.
        let options = text.parse().map_err(|_| UrlFault::NoUrl)?;
        let options = without_brackets(options);
        look_at_login(&options)?;
        let states = |names: &[&str]| stated.iter().any(|name| names.contains(name));
        Ok(LoginUrl {
            options: match states(&["sslmode", "ssl-mode"]) {
                true => options,
                false => verified_by_default(options),
            },
            has_password: url.password().is_some() || states(&["password"]),
            has_user: !url.username().is_empty() || states(&["user"]),
            has_database: !url.path().trim_start_matches('/').is_empty() || states(&["dbname"]),
            tls_parameter: stated.iter().copied().find(|name| name.starts_with("ssl")),
        })
    }
}

fn known_parameter(name: &str) -> Result<&'static str, UrlFault> {
    if name == "options" || (name.starts_with("options[") && name.ends_with(']')) {
        return Ok("options");
    }
    let known = PARAMETERS.into_iter().find(|known| *known == name);
    known.ok_or_else(|| UrlFault::Parameter {
        name: name.to_owned(),
        nearest: nearest(name, PARAMETERS),
    })
}

/// The brackets around an address of version 6 belong to the URL; neither a resolver nor a certificate knows them.
fn without_brackets(options: PgConnectOptions) -> PgConnectOptions {
    let host = options.get_host().to_owned();
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => options.host(address),
        None => options,
    }
}

/// The driver's own options, as [`Config::from_options`](super::Config::from_options) takes them.
pub(crate) fn given_options(options: PgConnectOptions) -> PgConnectOptions {
    verified(without_brackets(options))
}
