//! The settings of one module, from the environment: each variable is a reference by itself.

use super::given::{Given, GivenSettings, NO_KEYS, cursor_keys};
use super::setting::{Kind, Setting};
use super::url::LoginUrl;
use super::{Config, ConfigError};

impl Config {
    /// Reads the environment: each setting is a variable, see the table above. A variable that is set to the empty
    /// text counts as one that is not set.
    ///
    /// # Errors
    /// [`ConfigError`] names the variable, and never its value.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Config::from_variables(&|name| std::env::var(name).ok())
    }

    fn from_variables(value_of: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut given = GivenSettings::new();
        for setting in Setting::ALL {
            let Some(variable) = setting.variable() else {
                continue;
            };
            if let Some(text) = value_of(&variable).filter(|text| !text.is_empty()) {
                let value = read(setting.kind(), text);
                let value = value.map_err(|wanted| ConfigError::Invalid {
                    setting: variable,
                    wanted,
                })?;
                given.insert(setting, value);
            }
        }
        if given.contains_key(&Setting::TlsCertificate) != given.contains_key(&Setting::TlsKey) {
            return Err(ConfigError::Invalid {
                setting: "STELLAOPS_DB_TLS_CERTIFICATE".into(),
                wanted: "not set together with `STELLAOPS_DB_TLS_KEY`: a certificate is shown with its key"
                    .into(),
            });
        }
        Config::of_given(given).ok_or(ConfigError::Missing {
            setting: "STELLAOPS_DB_URL",
        })
    }
}

fn read(kind: Kind, text: String) -> Result<Given, String> {
    match kind {
        Kind::Url => match LoginUrl::parse(&text) {
            Ok(login) => Ok(Given::Login(Box::new(login.options))),
            Err(fault) => Err(fault.to_string()),
        },
        Kind::Secret => Ok(Given::Secret(text)),
        Kind::Keys => {
            let keys = text.split(',').map(str::trim).filter(|key| !key.is_empty());
            cursor_keys(keys).map(Given::Keys).ok_or_else(|| NO_KEYS.into())
        }
        kind => kind.read(&text).ok_or_else(|| format!("not {}", kind.wanted())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_but_those_of_modules_is_read_from_its_variable() {
        let key = "0a".repeat(32);
        let value = |name: &str| {
            let setting = Setting::ALL
                .into_iter()
                .find(|setting| setting.variable().as_deref() == Some(name))?;
            Some(match setting.kind() {
                Kind::Secret => "hidden".to_owned(),
                Kind::Keys => key.clone(),
                _ => setting.example().to_owned(),
            })
        };
        let shown = format!("{:?}", Config::from_variables(&value).expect("is read"));
        for part in [
            "app@db.internal:5432/stellaops",
            "stellaops_system@db.internal",
            "app@replica.internal",
            "verify-full",
            "database-authority.pem",
            "service.pem",
            "max_connections: 10",
            "slow_statement: Some(500ms)",
            "explain_slow: true",
            "\"scheduler\"",
            "cursor_keys: 1",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(!shown.contains("hidden") && !shown.contains("0a0a"), "{shown}");
    }
}
