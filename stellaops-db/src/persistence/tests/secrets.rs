//! Whatever is wrong, no secret is shown.

use std::ffi::OsString;

use super::*;

/// What must never be seen: each is put where a secret may stand, rightly or wrongly.
const SECRETS: [&str; 6] = [
    "s3cr3t",
    "pässwörd€😀x",
    "hunter2-hunter2",
    "correct_horse_battery",
    "p4ss word with blanks",
    "0123abcd4567",
];

/// Every text that a reader of the file can get to see.
fn everything_shown(text: &str, environment: reference::Environment<'_>) -> String {
    let report = |report: &Report| format!("{report}{report:?}{}", report.to_json());
    let persistence = match Persistence::from_bytes("persistence.yaml", text.as_bytes()) {
        Ok(persistence) => persistence,
        Err(faulty) => return report(&faulty),
    };
    let mut shown = format!("{persistence:?}");
    for name in persistence.modules() {
        match persistence.module_in(name, environment) {
            Ok(config) => shown.push_str(&format!("{config:?}")),
            Err(error) => shown.push_str(&format!("{error}{error:?}")),
        }
    }
    if let Err(faulty) = persistence.check_schemas(&["other"]) {
        shown.push_str(&report(&faulty));
    }
    shown
}

#[test]
fn no_secret_is_ever_shown_wherever_it_stands() {
    for secret in SECRETS {
        let quoted = format!("{secret:?}");
        for text in [
            whole(&format!("    password: {secret}\n")),
            whole(&format!(
                "    password: {quoted} # {secret}\n    explain_slow: yes\n"
            )),
            whole(&format!("    password: |\n      {secret}\n")),
            whole(&format!("    password: [{secret}]\n")),
            whole(&format!("    password: {{ value: {quoted} }}\n")),
            whole(&format!("    pasword: {secret}\n")),
            whole(&format!("    {secret}: x\n")),
            whole(&format!("    cursor_keys: [{quoted}]\n    tls: x\n")),
            whole(&format!("    cursor_keys: {secret}\n")),
            whole(&format!("    system_url: \"postgres://app:{secret}@db/x\"\n")),
            whole(&format!(
                "    system_url: \"postgres://app@db/x?password={secret}\"\n"
            )),
            whole(&format!(
                "    system_url: \"postgres://app@db/x?passwrd={secret}\"\n"
            )),
            whole(&format!("    system_url: \"postgres://app@db/x?{secret}\"\n")),
            whole(&format!("    system_url: \"postgres://app:{secret}@[db/x\"\n")),
            whole(&format!("    # {secret}\n    tls: x\n")),
            whole(&format!("    password: \"{secret}\n")),
            whole(&format!("    password: {secret}\n   tls: x\n")),
            whole(&format!("    password: {secret}\n\ttls: x\n")),
            whole(&format!("    \"postgres://app:{secret}@db/x\": x\n")),
            whole("    password: { env: SECRET }\n    cursor_keys: [{ env: SECRET }]\n"),
            whole("    system_url: { env: SECRET }\n    password: { env: SECRET }\n"),
            whole("    system_url: { env: URL }\n    password: { env: SECRET }\n"),
            whole("    system_url: { env: FAULTY }\n"),
            format!("{secret}\n"),
        ] {
            let environment = |name: &str| -> Option<OsString> {
                Some(match name {
                    "SECRET" => secret.into(),
                    "URL" => format!("postgres://app:{secret}@db/x").into(),
                    _ => format!("postgres://app:{secret}@db/x?sslmode={secret}").into(),
                })
            };
            let shown = everything_shown(&text, &environment);
            for part in secret.split_whitespace().filter(|part| part.len() > 4) {
                assert!(!shown.contains(part), "{text}\n{shown}");
            }
        }
    }
}
