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
    let url: Option<Url> = text.parse().ok();
    let Some(password) = url.as_ref().and_then(Url::password) else {
        return;
    };
    // What also stands elsewhere in the URL may be shown from there, and a short one is part of many words. One with a line
    // break is read without it, and need not stand where it is meant.
    let place = format!(":{password}@");
    let stands_once = text.contains(&place) && text.matches(password).count() == 1;
    if password.len() < 6 || !stands_once || !shown.contains(password) {
        return;
    }
    // A word that is said of any URL tells nothing of this one.
    let another = text.replace(&place, ":another@");
    assert!(
        shown_of(&another).contains(password),
        "{text:?} is shown as {shown}"
    );
}

fn shown_of(text: &str) -> String {
    match Config::from_url(text) {
        Ok(config) => format!("{config:?}"),
        Err(error) => format!("{error} {error:?}"),
    }
}
