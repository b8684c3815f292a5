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
    shown_of(&text);
    let Ok(mut url) = text.parse::<Url>() else {
        return;
    };
    let Some(password) = url.password().map(str::to_owned) else {
        return;
    };
    // As it is read: breaks and ways back in a path are gone, so that each part stands where it is meant.
    let shown = shown_of(url.as_str());
    // What also stands elsewhere in the URL may be shown from there, and a short one is part of many words.
    if password.len() < 6 || url.as_str().matches(&password).count() != 1 || !shown.contains(&password) {
        return;
    }
    // A word that is said of any URL tells nothing of this one.
    url.set_password(Some("another")).expect("it has one");
    assert!(
        shown_of(url.as_str()).contains(&password),
        "{text:?} is shown as {shown}"
    );
}

fn shown_of(text: &str) -> String {
    match Config::from_url(text) {
        Ok(config) => format!("{config:?}"),
        Err(error) => format!("{error} {error:?}"),
    }
}
