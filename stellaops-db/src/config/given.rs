//! What the settings were set to, whoever read them, and the configuration that this is.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

use super::setting::{Kind, Setting};
use super::{Config, TlsMode};
use crate::query::CursorKey;

/// The value of a setting, with every reference followed. Not to be shown: it may be a secret.
#[derive(Clone)]
pub(crate) enum Given {
    /// Set to nothing, where the defaults say something.
    None,
    Login(Box<PgConnectOptions>),
    Secret(String),
    Keys(Vec<CursorKey>),
    Number(u32),
    Time(Duration),
    Flag(bool),
    Text(String),
    Mode(TlsMode),
    Path(PathBuf),
}

/// The values of all settings that are given.
pub(crate) type GivenSettings = BTreeMap<Setting, Given>;

impl Kind {
    /// The value of a text, of the kinds that are written as they are.
    pub(crate) fn read(self, text: &str) -> Option<Given> {
        match self {
            Kind::Number { from, to } => {
                let number = whole_number(text).and_then(|number| u32::try_from(number).ok())?;
                (from..=to).contains(&number).then_some(Given::Number(number))
            }
            Kind::Time { from, to } => {
                let time = time(text)?;
                (from..=to).contains(&time).then_some(Given::Time(time))
            }
            Kind::Flag => text.parse().ok().map(Given::Flag),
            Kind::Text => {
                let is_text = (1..=63).contains(&text.len()) && !text.contains(char::is_control);
                is_text.then(|| Given::Text(text.to_owned()))
            }
            Kind::Mode => TlsMode::from_word(text).map(Given::Mode),
            Kind::Path => {
                let is_path = !text.is_empty() && !text.contains(char::is_control);
                is_path.then(|| Given::Path(text.into()))
            }
            Kind::Url | Kind::Secret | Kind::Keys => None,
        }
    }
}

/// Digits alone: no sign, no leading zero, which would be an octal number in some versions of YAML.
fn whole_number(text: &str) -> Option<u64> {
    let is_plain = text == "0" || !text.starts_with('0');
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_plain && is_digits).then(|| text.parse().ok()).flatten()
}

fn time(text: &str) -> Option<Duration> {
    let at = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(at);
    let number = whole_number(number)?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

/// One key, or two while they are changed: each further one is one more that may have leaked.
pub(crate) fn cursor_keys<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Vec<CursorKey>> {
    let keys: Option<Vec<_>> = texts.into_iter().map(CursorKey::from_hexadecimal).collect();
    keys.filter(|keys| keys.len() <= 2)
}

/// What is said of a list that is no list of keys.
pub(crate) const NO_KEYS: &str =
    "not one or two keys of 64 hexadecimal digits, the newest first (`openssl rand -hex 32`)";

impl Config {
    /// The configuration of these settings; none without a `url`.
    pub(crate) fn of_given(mut given: GivenSettings) -> Option<Self> {
        let Given::Login(application) = given.remove(&Setting::Url)? else {
            return None;
        };
        let password = secret(&mut given, Setting::Password);
        let system_password = secret(&mut given, Setting::SystemPassword);
        let replica_password = secret(&mut given, Setting::ReplicaPassword).or_else(|| password.clone());
        let mut config = Config::of(with_password(*application, password));
        for (setting, value) in given {
            match (setting, value) {
                (Setting::SystemUrl, Given::Login(login)) => {
                    config.system = Some(with_password(*login, system_password.clone()));
                }
                (Setting::ReplicaUrl, Given::Login(login)) => {
                    config.replica = Some(with_password(*login, replica_password.clone()));
                }
                (_, value) => config.take(setting, value),
            }
        }
        Some(config)
    }

    /// Takes the value of a setting that is no login.
    fn take(&mut self, setting: Setting, value: Given) {
        match (setting, value) {
            (Setting::Tls, Given::Mode(mode)) => self.tls.mode = Some(mode),
            (Setting::TlsAuthority, Given::Path(path)) => self.tls.authority = Some(path),
            (Setting::TlsCertificate, Given::Path(path)) => self.tls.certificate = Some(path),
            (Setting::TlsKey, Given::Path(path)) => self.tls.key = Some(path),
            (Setting::MaxConnections, Given::Number(number)) => self.max_connections = number,
            (Setting::AcquireTimeout, Given::Time(time)) => self.acquire_timeout = time,
            (Setting::StatementTimeout, Given::Time(time)) => self.statement_timeout = time,
            (Setting::SlowStatement, Given::Time(time)) => self.slow_statement = Some(time),
            (Setting::ExplainSlow, Given::Flag(flag)) => self.explain_slow = flag,
            (Setting::ApplicationName, Given::Text(text)) => self.application_name = text,
            (Setting::CursorKeys, Given::Keys(keys)) => self.cursor_keys = keys,
            // None, and what is no part of a configuration; a value has its setting's kind.
            _ => {}
        }
    }
}

fn secret(given: &mut GivenSettings, setting: Setting) -> Option<String> {
    match given.remove(&setting)? {
        Given::Secret(secret) => Some(secret),
        _ => None,
    }
}

fn with_password(login: PgConnectOptions, password: Option<String>) -> PgConnectOptions {
    match password {
        Some(password) => login.password(&password),
        None => login,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit_and_a_number_is_plain_digits() {
        for (text, milliseconds) in [
            ("250ms", 250),
            ("30s", 30_000),
            ("5min", 300_000),
            ("1h", 3_600_000),
            ("0s", 0),
        ] {
            assert_eq!(time(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in [
            "",
            "30",
            "s",
            "30 s",
            "-1s",
            "1.5s",
            "030s",
            "30S",
            "5m",
            "99999999999999999999h",
            "18446744073709551615h",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
        for text in ["", "-1", "+1", "010", "0x1f", "1_000", "1e3", "ten"] {
            assert_eq!(whole_number(text), None, "{text}");
        }
    }
}
