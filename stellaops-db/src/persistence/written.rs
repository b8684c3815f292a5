//! The value of a setting as it is written: of the setting's kind, or a fault.

use std::ops::Range;

use sqlx::postgres::PgConnectOptions;
use stellaops_db_spec::rule;

use super::document::{Node, Value};
use super::faults::Faults;
use super::read::is_nothing;
use super::reference::Reference;
use crate::config::{Given, Kind, LoginUrl, Setting};

/// What a setting is set to, references not followed yet.
#[derive(Clone)]
pub(super) enum Written {
    Plain(Given),
    Login {
        options: Box<PgConnectOptions>,
        /// A parameter in the URL that is about TLS.
        tls_parameter: Option<&'static str>,
    },
    Reference(Reference),
    /// Each with its place.
    References(Vec<(Range<usize>, Reference)>),
}

/// The value; none where a fault was told of.
pub(super) fn read(setting: Setting, node: &Node, faults: &mut Faults<'_>) -> Option<Written> {
    if is_nothing(node) {
        nothing(setting, node, faults);
        return None;
    }
    if is_plain_word(node, "none") && setting.can_be_none() {
        faults.show(&node.range);
        return Some(Written::Plain(Given::None));
    }
    match setting.kind() {
        Kind::Url => match &node.value {
            Value::Scalar { text, .. } => login(setting, text, &node.range, faults),
            _ => reference(setting, node, faults).map(Written::Reference),
        },
        Kind::Secret => reference(setting, node, faults).map(Written::Reference),
        Kind::Keys => references(setting, node, faults).map(Written::References),
        kind => plain(setting, kind, node, faults).map(Written::Plain),
    }
}

fn nothing(setting: Setting, node: &Node, faults: &mut Faults<'_>) {
    let name = setting.name();
    let help = match (setting.can_be_none(), setting.default_value()) {
        (true, _) => "give it one, write `none`, or take the line out".into(),
        (_, Some(default)) => format!("give it one, or take the line out: then it is {default}"),
        (_, None) => format!("give it one, such as `{name}: {}`", setting.example()),
    };
    faults.push(
        rule::CONFIGURATION_VALUE,
        &node.range,
        format!("`{name}` has no value"),
        help,
    );
}

fn is_plain_word(node: &Node, word: &str) -> bool {
    matches!(&node.value, Value::Scalar { text, is_plain: true } if text == word)
}

/// A URL in the file: with all that is needed, and without a password.
fn login(setting: Setting, text: &str, range: &Range<usize>, faults: &mut Faults<'_>) -> Option<Written> {
    let name = setting.name();
    let example = format!("such as `{name}: {}`", setting.example());
    let login = match LoginUrl::parse(text) {
        Ok(login) => login,
        Err(fault) => {
            faults.push(
                rule::CONFIGURATION_VALUE,
                range,
                format!("`{name}` is {fault}"),
                example,
            );
            return None;
        }
    };
    if login.has_password {
        let password = match setting {
            Setting::SystemUrl => Setting::SystemPassword,
            Setting::ReplicaUrl => Setting::ReplicaPassword,
            _ => Setting::Password,
        };
        faults.push(
            rule::CONFIGURATION_SECRET,
            range,
            format!("`{name}` has a password in it"),
            format!(
                "take it out, say where it is by `{}: {{ env: NAME }}` or `{{ file: path }}`, and change it: it has been seen",
                password.name()
            ),
        );
        return None;
    }
    faults.show(range);
    let missing = match (login.has_user, login.has_database) {
        (false, _) => "the login",
        (_, false) => "the database",
        _ => {
            return Some(Written::Login {
                options: Box::new(login.options),
                tls_parameter: login.tls_parameter,
            });
        }
    };
    faults.push(
        rule::CONFIGURATION_VALUE,
        range,
        format!("`{name}` does not name {missing}"),
        example,
    );
    None
}

fn reference(setting: Setting, node: &Node, faults: &mut Faults<'_>) -> Option<Reference> {
    let found = followed(node, faults);
    if found.is_none() {
        let name = setting.name();
        // What stands there may be the secret itself.
        let (rule, message, advice) = match node.value {
            Value::Scalar { .. } => (
                rule::CONFIGURATION_SECRET,
                format!("`{name}` is written into the file"),
                ", and change the secret: it has been seen",
            ),
            _ => (
                rule::CONFIGURATION_VALUE,
                format!("`{name}` is not a reference"),
                "",
            ),
        };
        let help =
            format!("say where it is: `{name}: {{ env: NAME }}` or `{name}: {{ file: path }}`{advice}");
        faults.push(rule, &node.range, message, help);
    }
    found
}

fn references(
    setting: Setting,
    node: &Node,
    faults: &mut Faults<'_>,
) -> Option<Vec<(Range<usize>, Reference)>> {
    let name = setting.name();
    let items = match &node.value {
        Value::List(items) if items.len() <= 2 => items,
        Value::Scalar { .. } => {
            reference(setting, node, faults);
            return None;
        }
        _ => {
            let message = format!("`{name}` is not {}", setting.kind().wanted());
            let help = format!("such as `{name}: {}`", setting.example());
            faults.push(rule::CONFIGURATION_VALUE, &node.range, message, help);
            return None;
        }
    };
    let followed = items
        .iter()
        .map(|item| Some((item.range.clone(), reference(setting, item, faults)?)));
    // Every item is looked at, also behind a faulty one.
    let followed: Vec<_> = followed.collect();
    followed.into_iter().collect()
}

/// A reference, whose words may be shown.
fn followed(node: &Node, faults: &mut Faults<'_>) -> Option<Reference> {
    let reference = Reference::of(node)?;
    if let Value::Mapping(entries) = &node.value {
        for (key, value) in entries {
            faults.show(&key.range);
            faults.show(&value.range);
        }
    }
    Some(reference)
}

/// A value that is no secret.
fn plain(setting: Setting, kind: Kind, node: &Node, faults: &mut Faults<'_>) -> Option<Given> {
    let name = setting.name();
    let Value::Scalar { text, is_plain } = &node.value else {
        let message = format!("`{name}` is not {}", kind.wanted());
        let help = format!("such as `{name}: {}`", setting.example());
        faults.push(rule::CONFIGURATION_VALUE, &node.range, message, help);
        return None;
    };
    faults.show(&node.range);
    let is_typed = matches!(kind, Kind::Number { .. } | Kind::Flag);
    let value = match kind {
        _ if is_typed && !is_plain => None,
        Kind::Text if *is_plain && means_something_else(text) => {
            let message = format!("`{name}` is no text to every reader of YAML");
            let help = format!("put it in quotes: `{name}: \"{text}\"`");
            faults.push(rule::CONFIGURATION_VALUE, &node.range, message, help);
            return None;
        }
        kind => kind.read(text),
    };
    if value.is_none() {
        let message = format!("`{name}` is not {}", kind.wanted());
        faults.push(
            rule::CONFIGURATION_VALUE,
            &node.range,
            message,
            advice(setting, text, *is_plain),
        );
    }
    value
}

fn advice(setting: Setting, text: &str, is_plain: bool) -> String {
    let name = setting.name();
    match (setting.kind(), text.to_ascii_lowercase().as_str()) {
        (Kind::Flag | Kind::Number { .. }, _) if !is_plain => "take the quotes away".into(),
        (Kind::Flag, "yes" | "on" | "y") => format!("write `{name}: true`"),
        (Kind::Flag, "no" | "off" | "n") => format!("write `{name}: false`"),
        (Kind::Time { .. }, digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("say in which unit: `{name}: {digits}s`, or `{digits}ms`")
        }
        _ => format!("such as `{name}: {}`", setting.example()),
    }
}

/// What some version of YAML makes a truth value, nothing, a number or a time of.
fn means_something_else(text: &str) -> bool {
    let word = text.to_ascii_lowercase();
    let is_word = matches!(
        word.as_str(),
        "y" | "yes" | "n" | "no" | "on" | "off" | "true" | "false" | "null" | "~"
    );
    is_word || text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
}
