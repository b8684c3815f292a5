//! What the reader takes, refuses and shows.

#[cfg(unix)]
mod endless;
mod secrets;

use std::ffi::OsString;

use super::*;

fn read(text: &str) -> Result<Persistence, Report> {
    Persistence::from_bytes("persistence.yaml", text.as_bytes())
}

/// The faults of a text as `line:column message`.
fn faults(text: &str) -> Vec<String> {
    let report = match read(text) {
        Ok(_) => return Vec::new(),
        Err(report) => report,
    };
    let line = |fault: stellaops_db_spec::diagnostic::FaultRecord| {
        format!(
            "{}:{} {} {} ({})",
            fault.line, fault.column, fault.code, fault.message, fault.help
        )
    };
    report.to_records().into_iter().map(line).collect()
}

fn whole(settings: &str) -> String {
    format!("version: 1\nmodules:\n  shop:\n    url: postgres://app@localhost/shop\n{settings}")
}

#[test]
fn each_trap_of_yaml_is_told_with_its_place() {
    let mut untold = Vec::new();
    for (text, at, said) in [
        ("", "1:1 SDB1101", "says nothing"),
        ("# nothing\n", "1:1 SDB1101", "says nothing"),
        ("---\n...\n", "1:1 SDB1101", "says nothing"),
        ("just words\n", "1:1 SDB1101", "not made of names and values"),
        ("version: 1\n\tmodules:\n", "2:1 SDB1101", "tab"),
        ("version: 1\nmodules:\n  shop:\n  - a\n b: c\n", "5:2 SDB1101", ""),
        ("version: 1\n---\nversion: 1\n", "2:1 SDB1101", "second document"),
        ("%YAML 1.1\n---\nversion: 1\n", "1:1 SDB1101", "directive"),
        ("version: 1\nmodules: {a: \"\0\"}\n", "2:15 SDB1101", "NUL"),
        ("version: 1\nmodules: *all\n", "2:10 SDB1101", "alias"),
        (
            "version: 1\ndefaults: &all {}\nmodules: {}\n",
            "2:16 SDB1101",
            "anchor",
        ),
        ("version: !!str 1\nmodules: {}\n", "1:10 SDB1101", "tag"),
        (
            "version: 1\nversion: 1\n",
            "2:1 SDB1102",
            "`version` is there twice",
        ),
        ("modules: {}\n", "1:1 SDB1103", "does not say its `version`"),
        ("version: 2\nmodules: {}\n", "1:10 SDB1103", "no such version"),
        ("version: 1\n", "1:1 SDB1105", "no `modules`"),
        ("version: 1\nmodules:\n", "2:1 SDB1105", "names no module"),
        (
            "version: 1\nmoduls: {}\n",
            "2:1 SDB1102",
            "did you mean `modules`?",
        ),
        (
            "version: 1\nmodules:\n  Shop:\n    url: postgres://a@localhost/x\n",
            "3:3 SDB1105",
            "snake case",
        ),
        ("version: 1\nmodules:\n  ? [a]\n  : b\n", "3:5 SDB1102", "no name"),
        (
            "version: 1\ndefaults: { enabled: true }\nmodules: {}\n",
            "2:13 SDB1102",
            "no setting `enabled` in the defaults",
        ),
        (
            "version: 1\nmodules:\n  shop:\n",
            "3:3 SDB1105",
            "`shop` has no `url`",
        ),
        (
            "version: 1\nmodules: {a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n",
            "2:29 SDB1101",
            "deep",
        ),
    ] {
        let found = faults(text);
        let is_told = |fault: &String| fault.starts_with(at) && fault.contains(said);
        if !found.iter().any(is_told) {
            untold.push(format!("{text:?}: {at} {said}\n{found:#?}"));
        }
    }
    assert!(untold.is_empty(), "{}", untold.join("\n"));
    let mut long = String::from("version: 1\n");
    long.push_str(&"# a comment\n".repeat(100_000));
    assert!(faults(&long)[0].contains("more than the"), "{:?}", faults(&long));
    let report = Persistence::from_bytes("x.yaml", b"version: 1\n# \xff\n").expect_err("is no text");
    assert!(report.to_string().contains("x.yaml:2:3"), "{report}");
}

#[test]
fn a_value_is_of_the_kind_of_its_setting() {
    for (setting, said) in [
        ("max_connections: many", "a whole number from 1 to 10000"),
        ("max_connections: 0", "a whole number"),
        ("max_connections: 010", "a whole number"),
        ("max_connections: 0x10", "a whole number"),
        ("max_connections: \"10\"", "take the quotes away"),
        ("max_connections: [10]", "a whole number"),
        ("max_connections:", "has no value"),
        ("max_connections: ~", "then it is 10"),
        ("max_connections: none", "a whole number"),
        ("explain_slow: yes", "write `explain_slow: true`"),
        ("explain_slow: No", "write `explain_slow: false`"),
        ("explain_slow: \"true\"", "take the quotes away"),
        (
            "statement_timeout: 30",
            "say in which unit: `statement_timeout: 30s`",
        ),
        ("statement_timeout: 1:30", "with its unit"),
        ("statement_timeout: 1000h", "from 0s to"),
        ("acquire_timeout: 0s", "from 1ms to 24h"),
        ("application_name: no", "put it in quotes"),
        ("application_name: 1.20", "put it in quotes"),
        ("application_name: \"\"", "a text of 1 to 63 bytes"),
        ("tls: allow", "one of `verify-full`"),
        ("tls: yes", "one of `verify-full`"),
        ("tls_authority: [a]", "the path of a file"),
        (
            "tls_certificate: /a.pem",
            "`tls_certificate` is given without `tls_key`",
        ),
        ("tls_key: /a.pem", "`tls_key` is given without `tls_certificate`"),
        ("system_password: { env: A }", "a login that is not named"),
        ("system_url: nonsense", "not a URL of the form"),
        ("system_url: mysql://a@b/c", "not a URL of the form"),
        ("system_url: postgres://db.internal/x", "does not name the login"),
        (
            "system_url: postgres://app@db.internal",
            "does not name the database",
        ),
        (
            "system_url: postgres://app@db/x?sslmod=disable",
            "`sslmod` is none; `sslmode` is one",
        ),
        (
            "system_url: postgres://app@db/x?sslmode=maybe",
            "whose `sslmode` is one of",
        ),
        (
            "tls: require\n    system_url: postgres://app@db/x?sslmode=disable",
            "TLS is spoken of twice",
        ),
        ("password: { env: 1A }", "not a reference"),
        ("password: { file: a, env: B }", "not a reference"),
        ("password: { variable: A }", "not a reference"),
        ("password: [a]", "not a reference"),
        ("cursor_keys: { env: A }", "a list of one or two references"),
        (
            "cursor_keys: [{ env: A }, { env: B }, { env: C }]",
            "a list of one or two references",
        ),
    ] {
        let text = whole(&format!("    {setting}\n"));
        let found = faults(&text);
        assert!(
            found.len() == 1 && found[0].contains(said) && !found[0].starts_with("1:"),
            "{setting}: {said}\n{found:#?}"
        );
    }
}

#[test]
fn every_fault_of_a_file_is_told_at_once() {
    let text = "version: 1\ndefaults:\n  max_conections: 3\n  tls: maybe\nmodules:\n  shop:\n    url: postgres://a:b@c/d\n    explain_slow: on\n  stock:\n";
    let places: Vec<String> = faults(text)
        .iter()
        .map(|fault| fault.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        places,
        [
            "3:3 SDB1102",
            "4:8 SDB1103",
            "7:10 SDB1104",
            "8:19 SDB1103",
            "9:3 SDB1105"
        ]
    );
    assert!(
        read(text)
            .expect_err("is faulty")
            .to_string()
            .ends_with("5 faults in the configuration\n")
    );
}

#[test]
fn a_module_has_what_the_defaults_say_unless_it_says_otherwise() {
    let text = "version: 1
defaults:
  url: postgres://app@db.internal/stellaops
  password: { env: PASSWORD }
  system_password: { env: NOWHERE_NEEDED }
  replica_url: postgres://app@replica.internal/stellaops
  cursor_keys: [{ env: KEY }]
  statement_timeout: 5s
  slow_statement: 1s
modules:
  shop:
  stock:
    url: postgres://stock@other.internal/stellaops?sslmode=verify-ca
    replica_url: none
    cursor_keys: none
    slow_statement: none
    statement_timeout: 1min
    application_name: the-stock
  vex: { enabled: false }
";
    let persistence = read(text).expect("is in order");
    assert_eq!(
        persistence.modules().collect::<Vec<_>>(),
        ["shop", "stock", "vex"]
    );
    let environment = |name: &str| -> Option<OsString> {
        match name {
            "PASSWORD" => Some("s3cr3t".into()),
            "KEY" => Some("0a".repeat(32).into()),
            _ => None,
        }
    };
    let shown = |module| {
        format!(
            "{:?}",
            persistence.module_in(module, &environment).expect("opens")
        )
    };
    let shop = shown("shop");
    for part in [
        "app@db.internal:5432/stellaops (verify-full)",
        "app@replica.internal:5432/stellaops (verify-full)",
        "statement_timeout: 5s",
        "slow_statement: Some(1s)",
        "cursor_keys: 1",
        "application_name: \"shop\"",
    ] {
        assert!(shop.contains(part), "{part}: {shop}");
    }
    let stock = shown("stock");
    for part in [
        "stock@other.internal:5432/stellaops (verify-ca)",
        "replica: None",
        "statement_timeout: 60s",
        "slow_statement: None",
        "cursor_keys: 0",
        "application_name: \"the-stock\"",
    ] {
        assert!(stock.contains(part), "{part}: {stock}");
    }
    assert!(matches!(
        persistence.module("vex"),
        Err(PersistenceError::Disabled { line: 19, .. })
    ));
    let unknown = persistence.module("shp").expect_err("is none").to_string();
    assert!(
        unknown.contains("did you mean `shop`?") && unknown.contains("`stock`"),
        "{unknown}"
    );
}

#[test]
fn the_template_has_every_setting_and_is_in_order() {
    let modules = ["shop", "stock"].map(|name| TemplateModule {
        name,
        summary: "What it holds.",
    });
    let text = template(&modules);
    let words = text
        .split_whitespace()
        .filter(|word| *word != "#")
        .collect::<Vec<_>>()
        .join(" ");
    for setting in Setting::ALL {
        assert_eq!(Setting::of_name(setting.name()), Some(setting));
        assert!(
            text.contains(&format!(" {}: {}\n", setting.name(), setting.example())),
            "{setting:?}"
        );
        assert!(words.contains(setting.meaning()), "{setting:?}");
        assert!(
            words.contains(setting.default_value().unwrap_or("There is no default")),
            "{setting:?}"
        );
    }
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "0a".repeat(32)).expect("is written");
    let environment = |_: &str| Some(OsString::from("s3cr3t"));
    let all = all_set(&text).replace("/run/secrets/cursor_key", &secret.path().to_string_lossy());
    let all = all
        .replace("/run/secrets/system_password", &secret.path().to_string_lossy())
        .replace("/run/secrets/replica_password", &secret.path().to_string_lossy());
    for text in [text, all] {
        let persistence = read(&text).unwrap_or_else(|report| panic!("{report}\n{text}"));
        let config = persistence.module_in("shop", &environment).expect("opens");
        assert!(format!("{config:?}").contains("shop_service@db.internal:5432/stellaops (verify-full)"));
    }
}

/// The text with every line of the defaults that is commented out in force.
fn all_set(text: &str) -> String {
    let (defaults, modules) = text.split_once("\nmodules:\n").expect("there are modules");
    let set = |line: &str| match line.strip_prefix("  # ") {
        Some(rest)
            if rest
                .split_once(": ")
                .is_some_and(|(name, _)| Setting::of_name(name).is_some()) =>
        {
            format!("  {rest}\n")
        }
        _ => format!("{line}\n"),
    };
    let defaults: String = defaults.lines().map(set).collect();
    format!("{defaults}modules:\n{modules}")
}
