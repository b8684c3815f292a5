//! 11xx: the persistence configuration, one file for all modules.

use super::rules;

rules! { Configuration;
    CONFIGURATION_FORM = "SDB1101", "a persistence configuration is one plain YAML document";
    reason "YAML has ways to say a thing that nobody expects: a file of a few lines that grows to gigabytes through aliases, a second document that nobody reads, tags that make one type out of another. None of them is needed to name a server. They are refused, so that what a reviewer sees is what the program reads.";
    wrong r#"version: 1
defaults: &common
  url: postgres://app@db.internal/stellaops
modules:
  scheduler: *common"#;
    right r#"version: 1
defaults:
  url: postgres://app@db.internal/stellaops
modules:
  scheduler:"#;

    CONFIGURATION_KEY = "SDB1102", "a setting has its known name, and is said once";
    reason "A misspelt setting that is passed over leaves its default in force, and nobody learns of it until the pool is too small. Of two values for one name the reader could only guess.";
    wrong r#"modules:
  scheduler:
    max_conections: 20"#;
    right r#"modules:
  scheduler:
    max_connections: 20"#;

    CONFIGURATION_VALUE = "SDB1103", "a setting has a value of its kind, with its unit";
    reason "YAML makes a truth value of `no`, a number of `0x1F` and seconds of `1:30`, each in some of its versions. A time without a unit is seconds to one reader and milliseconds to another. So each setting takes one kind of value in one form.";
    wrong r#"statement_timeout: 30
explain_slow: yes"#;
    right r#"statement_timeout: 30s
explain_slow: true"#;

    CONFIGURATION_SECRET = "SDB1104", "a secret is a reference, never in the file";
    reason "A configuration is committed, copied, mailed and shown in a dashboard. It says where the secret is: in a variable of the environment, or in a file that only the service may read.";
    wrong r#"url: postgres://app:s3cret@db.internal/stellaops"#;
    right r#"url: postgres://app@db.internal/stellaops
password: { file: /run/secrets/database_password }"#;

    CONFIGURATION_MODULE = "SDB1105", "a module is a schema of the specs, and has what it needs to connect";
    reason "One entry a module, and a module is a schema that one service owns. An entry for a schema that does not exist is a misspelt one, and the schema that was meant goes by the defaults.";
    wrong r#"modules:
  schedular:"#;
    right r#"modules:
  scheduler:"#;

    CONFIGURATION_REFERENCE = "SDB1106", "a reference leads to a value when its module is opened";
    reason "A variable that is not set, or a file that is not mounted, is a fault of the deployment. It is told with the place that refers to it, before anything connects; the value itself is never shown.";
    wrong r#"password: { env: SCHEDULER_DB_PASSWORD }   # and the service is started without it"#;
    right r#"password: { env: SCHEDULER_DB_PASSWORD }   # with the variable set for the service"#;

    VERIFIED_SERVER = "SDB1107", "a server on another machine is spoken to over TLS, and proves who it is";
    reason "Row-level security keeps tenants apart in the database; on the way there everything passes by whoever stands between. Encryption alone would be encryption with anybody. Weaker modes are taken where they are written, and each is told by a warning that names what is given up.";
    wrong r#"url: postgres://app@db.internal/stellaops?sslmode=require"#;
    right r#"url: postgres://app@db.internal/stellaops
tls_authority: /etc/ssl/database-authority.pem   # where no public authority signed its certificate"#;
}
