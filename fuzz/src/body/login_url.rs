//! The URL of a login: taken or refused, and its password is never shown.

use stellaops_db::Config;
use url::Url;

use super::text;
use crate::Target;

/// The target.
pub const TARGET: Target = Target {
    name: "login_url",
    body,
    pieces: &[
        "postgres://",
        "postgresql://",
        "http://",
        "app",
        ":",
        "hunter2",
        "@",
        "db.internal",
        "[::1]",
        "%2Frun%2Fpg",
        "/",
        "shop",
        "?",
        "&",
        "=",
        "sslmode=",
        "require",
        "verify-full",
        "sslmod=",
        "host=",
        "options=-c%20",
        "options[x]=",
        "port=",
        "65536",
        "statement-cache-capacity=",
        "password=",
        "user=",
        "dbname=",
        "%00",
        "%",
        "%zz",
        "#",
        "é",
        "\0",
        " ",
        "\n",
    ],
};

/// Nothing panics, and nobody reads the password.
pub fn body(data: &[u8]) {
    let text = text(data);
    let shown = shown_of(&text);
    let Some(password) = password_of(&text) else {
        return;
    };
    // What also stands elsewhere in the URL may be shown from there, and a short one is part of many words.
    if password.len() < 6 || text.matches(&password).count() != 1 || !shown.contains(&password) {
        return;
    }
    let another = text.replace(&password, "another");
    // One with a line break is read without it: what stands in the text is something else then.
    if password_of(&another).as_deref() != Some("another") {
        return;
    }
    // A word that is said of any URL tells nothing of this one.
    assert!(
        shown_of(&another).contains(&password),
        "{text:?} is shown as {shown}"
    );
}

fn password_of(text: &str) -> Option<String> {
    let url: Url = text.parse().ok()?;
    url.password().map(str::to_owned)
}

fn shown_of(text: &str) -> String {
    match Config::from_url(text) {
        Ok(config) => format!("{config:?}"),
        Err(error) => format!("{error} {error:?}"),
    }
}
