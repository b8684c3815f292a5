//! The settings: each once, with its name, its kind, its default and its meaning. The readers of the file and of the
//! environment, the template and the documents go by this table.

use std::time::Duration;

use super::TlsMode;

/// A setting of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Setting {
    /// `enabled`
    Enabled,
    /// `url`
    Url,
    /// `password`
    Password,
    /// `system_url`
    SystemUrl,
    /// `system_password`
    SystemPassword,
    /// `replica_url`
    ReplicaUrl,
    /// `replica_password`
    ReplicaPassword,
    /// `tls`
    Tls,
    /// `tls_authority`
    TlsAuthority,
    /// `tls_certificate`
    TlsCertificate,
    /// `tls_key`
    TlsKey,
    /// `max_connections`
    MaxConnections,
    /// `acquire_timeout`
    AcquireTimeout,
    /// `statement_timeout`
    StatementTimeout,
    /// `slow_statement`
    SlowStatement,
    /// `explain_slow`
    ExplainSlow,
    /// `application_name`
    ApplicationName,
    /// `cursor_keys`
    CursorKeys,
}

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `postgres://user@host/database`, without a password, or a reference to such a URL, with or without one.
    Url,
    /// A reference to a secret.
    Secret,
    /// One or two references to keys, the newest first.
    Keys,
    /// A whole number.
    Number {
        /// The least.
        from: u32,
        /// The greatest.
        to: u32,
    },
    /// A time with its unit: `250ms`, `30s`, `5min`, `1h`.
    Time {
        /// The shortest.
        from: Duration,
        /// The longest.
        to: Duration,
    },
    /// `true` or `false`.
    Flag,
    /// A text of 1 to 63 bytes.
    Text,
    /// A mode of TLS, by its word.
    Mode,
    /// The path of a file; a relative one begins at the folder of the configuration.
    Path,
}

/// What there is to say of a setting.
struct Facts {
    name: &'static str,
    kind: Kind,
    /// In words; none where it has to be given.
    default: Option<&'static str>,
    meaning: &'static str,
    /// As it is written in the file.
    example: &'static str,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The server counts its timeouts in milliseconds, as a number of 32 bits: nearly 25 days.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 24 * 60 * 60);

impl Setting {
    /// Every setting, in the order of the template.
    pub const ALL: [Setting; 18] = [
        Setting::Enabled,
        Setting::Url,
        Setting::Password,
        Setting::SystemUrl,
        Setting::SystemPassword,
        Setting::ReplicaUrl,
        Setting::ReplicaPassword,
        Setting::Tls,
        Setting::TlsAuthority,
        Setting::TlsCertificate,
        Setting::TlsKey,
        Setting::MaxConnections,
        Setting::AcquireTimeout,
        Setting::StatementTimeout,
        Setting::SlowStatement,
        Setting::ExplainSlow,
        Setting::ApplicationName,
        Setting::CursorKeys,
    ];

    /// The setting of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Setting::ALL.into_iter().find(|setting| setting.name() == name)
    }

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// What it takes.
    pub fn kind(self) -> Kind {
        self.facts().kind
    }

    /// What holds where it is not given, in words; none where it has to be given.
    pub fn default_value(self) -> Option<&'static str> {
        self.facts().default
    }

    /// What it means, in a sentence or two.
    pub fn meaning(self) -> &'static str {
        self.facts().meaning
    }

    /// An example of a value, as it is written in the file.
    pub fn example(self) -> &'static str {
        self.facts().example
    }

    /// The variable of [`Config::from_environment`](crate::Config::from_environment); a module that is not enabled
    /// has no use for one.
    pub fn variable(self) -> Option<String> {
        (!self.is_of_modules_alone()).then(|| format!("STELLAOPS_DB_{}", self.name().to_ascii_uppercase()))
    }

    /// Whether it makes no sense among the defaults.
    pub fn is_of_modules_alone(self) -> bool {
        self == Setting::Enabled
    }

    /// Whether there is a value for "none", the word `none`, with which a module goes without what the defaults have.
    pub fn can_be_none(self) -> bool {
        self.default_value()
            .is_some_and(|default| default.starts_with("none"))
    }

    fn facts(self) -> &'static Facts {
        &FACTS[self as usize]
    }
}

/// In the order of [`Setting::ALL`].
static FACTS: [Facts; 18] = [
    Facts {
        name: "enabled",
        kind: Kind::Flag,
        default: Some("true"),
        meaning: "Whether the module is in this database yet; one that is not is never opened.",
        example: "false",
    },
    Facts {
        name: "url",
        kind: Kind::Url,
        default: None,
        meaning: "The server, the database and the application's login. A password is no part of it, unless the whole URL is a reference.",
        example: "postgres://app@db.internal/stellaops",
    },
    Facts {
        name: "password",
        kind: Kind::Secret,
        default: Some("none (the URL's, PGPASSWORD, a password file, or none is asked for)"),
        meaning: "The password of the application's login.",
        example: "{ env: STELLAOPS_DB_PASSWORD }",
    },
    Facts {
        name: "system_url",
        kind: Kind::Url,
        default: Some("none (no system scope)"),
        meaning: "The same for the login that works across tenants.",
        example: "postgres://stellaops_system@db.internal/stellaops",
    },
    Facts {
        name: "system_password",
        kind: Kind::Secret,
        default: Some("none (as for `password`)"),
        meaning: "The password of the system's login.",
        example: "{ file: /run/secrets/system_password }",
    },
    Facts {
        name: "replica_url",
        kind: Kind::Url,
        default: Some("none (nothing is read from one)"),
        meaning: "The same for a replica, with the application's login.",
        example: "postgres://app@replica.internal/stellaops",
    },
    Facts {
        name: "replica_password",
        kind: Kind::Secret,
        default: Some("none (`password`, which is the same login's)"),
        meaning: "The password of the application's login on the replica, where it is another one.",
        example: "{ file: /run/secrets/replica_password }",
    },
    Facts {
        name: "tls",
        kind: Kind::Mode,
        default: Some("verify-full to other machines, prefer on this one, or the URL's `sslmode`"),
        meaning: "How the connections of all logins are protected: verify-full, verify-ca, require, prefer or disable. What is weaker than the default is told by a warning.",
        example: "verify-full",
    },
    Facts {
        name: "tls_authority",
        kind: Kind::Path,
        default: Some("none (the authorities that everybody trusts)"),
        meaning: "The file (PEM) of the authority that signed the servers' certificates.",
        example: "/etc/ssl/database-authority.pem",
    },
    Facts {
        name: "tls_certificate",
        kind: Kind::Path,
        default: Some("none"),
        meaning: "The file (PEM) of the certificate that the logins show the server.",
        example: "/etc/ssl/service.pem",
    },
    Facts {
        name: "tls_key",
        kind: Kind::Path,
        default: Some("none"),
        meaning: "The file (PEM) of that certificate's key.",
        example: "/run/secrets/service.key",
    },
    Facts {
        name: "max_connections",
        kind: Kind::Number { from: 1, to: 10_000 },
        default: Some("10"),
        meaning: "The greatest number of connections of each login.",
        example: "10",
    },
    Facts {
        name: "acquire_timeout",
        kind: Kind::Time {
            from: Duration::from_millis(1),
            to: DAY,
        },
        default: Some("30s"),
        meaning: "How long a call waits for a connection.",
        example: "30s",
    },
    Facts {
        name: "statement_timeout",
        kind: Kind::Time {
            from: Duration::ZERO,
            to: LONGEST_TIMEOUT,
        },
        default: Some("30s"),
        meaning: "How long a statement may take; `0s` is for ever.",
        example: "30s",
    },
    Facts {
        name: "slow_statement",
        kind: Kind::Time {
            from: Duration::ZERO,
            to: LONGEST_TIMEOUT,
        },
        default: Some("none (never)"),
        meaning: "From which time on a statement is told as slow.",
        example: "500ms",
    },
    Facts {
        name: "explain_slow",
        kind: Kind::Flag,
        default: Some("false"),
        meaning: "Whether a slow statement is told with its plan.",
        example: "true",
    },
    Facts {
        name: "application_name",
        kind: Kind::Text,
        default: Some("the module's name, or stellaops-db"),
        meaning: "The name that the server shows for the connections.",
        example: "scheduler",
    },
    Facts {
        name: "cursor_keys",
        kind: Kind::Keys,
        default: Some("none (cursors are bound, not signed)"),
        meaning: "The keys that sign cursors, the newest first: one, or two while they are changed. Each is 64 hexadecimal digits, `openssl rand -hex 32`.",
        example: "[{ file: /run/secrets/cursor_key }]",
    },
];

impl Kind {
    /// What a value of it has to be, in words that follow "not".
    pub(crate) fn wanted(self) -> String {
        match self {
            Kind::Url => "a URL of the form postgres://user@host/database".into(),
            Kind::Secret => "a reference, `{ env: NAME }` or `{ file: path }`".into(),
            Kind::Keys => "a list of one or two references, `[{ env: NAME }]` or `[{ file: path }]`".into(),
            Kind::Number { from, to } => format!("a whole number from {from} to {to}"),
            Kind::Time { from, to } => {
                let (from, to) = (in_words(from), in_words(to));
                format!("a time from {from} to {to}, with its unit: `250ms`, `30s`, `5min`, `1h`")
            }
            Kind::Flag => "`true` or `false`".into(),
            Kind::Text => "a text of 1 to 63 bytes, without control characters".into(),
            Kind::Mode => {
                let words = TlsMode::ALL.map(|mode| format!("`{mode}`"));
                format!("one of {}", words.join(", "))
            }
            Kind::Path => "the path of a file".into(),
        }
    }
}

/// A time as the file says it.
fn in_words(time: Duration) -> String {
    let milliseconds = time.as_millis();
    match milliseconds {
        _ if milliseconds > 0 && milliseconds.is_multiple_of(3_600_000) => {
            format!("{}h", milliseconds / 3_600_000)
        }
        _ if milliseconds.is_multiple_of(1_000) => format!("{}s", milliseconds / 1_000),
        _ => format!("{milliseconds}ms"),
    }
}
