//! From a document to its modules: every fault is found, each with its place.

use std::collections::BTreeMap;
use std::ops::Range;

use stellaops_db_spec::diagnostic::nearest;
use stellaops_db_spec::rule;

use super::document::{Node, Value};
use super::faults::Faults;
use super::whole;
use super::written::{self, Written};
use crate::config::{Given, Setting};

/// The one version of the format that there is.
const VERSION: &str = "1";
const TOP: [&str; 3] = ["version", "defaults", "modules"];

/// What a setting is set to, and where.
#[derive(Clone)]
pub(super) struct Placed {
    pub(super) range: Range<usize>,
    /// None where a fault was told of it.
    pub(super) value: Option<Written>,
}

pub(super) type Settings = BTreeMap<Setting, Placed>;

/// A module, with what it has of the defaults.
pub(super) struct Module {
    /// The place of its name.
    pub(super) range: Range<usize>,
    pub(super) is_enabled: bool,
    pub(super) settings: Settings,
}

/// One entry of a mapping.
struct Entry<'n> {
    key: &'n str,
    range: &'n Range<usize>,
    value: &'n Node,
}

/// The modules of a document; without one, nothing was said in it.
pub(super) fn modules(document: Option<&Node>, faults: &mut Faults<'_>) -> BTreeMap<String, Module> {
    let Some(document) = document.filter(|node| !is_nothing(node)) else {
        faults.push(
            rule::CONFIGURATION_FORM,
            &(0..0),
            "the file says nothing",
            "begin with `stellaops-db config template`",
        );
        return BTreeMap::new();
    };
    let top = entries(document, "the file", &TOP, faults);
    let find = |name: &str| top.iter().find(|entry| entry.key == name);
    check_version(find("version").map(|entry| entry.value), &document.range, faults);
    let defaults = find("defaults").map(|entry| settings(entry.value, "the defaults", true, faults));
    let defaults = defaults.unwrap_or_default();
    match find("modules") {
        Some(entry) => named_modules(entry, &defaults, faults),
        None => {
            faults.push(
                rule::CONFIGURATION_MODULE,
                &(document.range.start..document.range.start),
                "the file has no `modules`",
                "add `modules:`, and below it the name of each module, which is that of its schema",
            );
            BTreeMap::new()
        }
    }
}

fn check_version(node: Option<&Node>, document: &Range<usize>, faults: &mut Faults<'_>) {
    let help = "write `version: 1` as the first line";
    match node.map(|node| (&node.value, &node.range)) {
        Some((Value::Scalar { text, .. }, range)) => {
            faults.show(range);
            if text != VERSION {
                faults.push(
                    rule::CONFIGURATION_VALUE,
                    range,
                    "the format has no such version",
                    help,
                );
            }
        }
        Some((_, range)) => faults.push(
            rule::CONFIGURATION_VALUE,
            range,
            "`version` is not a number",
            help,
        ),
        None => {
            let start = document.start..document.start;
            faults.push(
                rule::CONFIGURATION_VALUE,
                &start,
                "the file does not say its `version`",
                help,
            );
        }
    }
}

fn named_modules(
    entry: &Entry<'_>,
    defaults: &Settings,
    faults: &mut Faults<'_>,
) -> BTreeMap<String, Module> {
    let found = entries(entry.value, "`modules`", &[], faults);
    if found.is_empty() {
        faults.push(
            rule::CONFIGURATION_MODULE,
            entry.range,
            "`modules` names no module",
            "write the name of each module below it, which is that of its schema: `  scheduler:`",
        );
    }
    let mut modules = BTreeMap::new();
    for entry in found {
        if !is_module_name(entry.key) {
            faults.push(
                rule::CONFIGURATION_MODULE,
                entry.range,
                "a module is called by lower snake case: a letter a-z, then letters, digits and _, at most 63",
                "name the schema that the module is",
            );
        }
        let own = settings(entry.value, &format!("`{}`", entry.key), false, faults);
        let named: Vec<Setting> = own.keys().copied().collect();
        let module = Module {
            range: entry.range.clone(),
            is_enabled: is_enabled(&own),
            settings: merged(defaults, own),
        };
        if module.is_enabled {
            whole::check(entry.key, &module, &named, faults);
        }
        modules.insert(entry.key.to_owned(), module);
    }
    modules
}

fn is_enabled(own: &Settings) -> bool {
    let value = own
        .get(&Setting::Enabled)
        .and_then(|placed| placed.value.as_ref());
    !matches!(value, Some(Written::Plain(Given::Flag(false))))
}

fn merged(defaults: &Settings, own: Settings) -> Settings {
    let mut settings = defaults.clone();
    settings.extend(own);
    settings
}

/// As a schema is called.
fn is_module_name(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= 63
        && name.bytes().all(is_inner)
}

/// The settings of an entry; an entry with nothing in it has none.
fn settings(node: &Node, what: &str, are_defaults: bool, faults: &mut Faults<'_>) -> Settings {
    let known: Vec<&str> = Setting::ALL
        .iter()
        .filter(|setting| !(are_defaults && setting.is_of_modules_alone()))
        .map(|setting| setting.name())
        .collect();
    let mut settings = Settings::new();
    for entry in entries(node, what, &known, faults) {
        if let Some(setting) = Setting::of_name(entry.key) {
            let value = written::read(setting, entry.value, faults);
            let range = entry.range.clone();
            settings.insert(setting, Placed { range, value });
        }
    }
    settings
}

/// The entries of a mapping whose keys are known; with no known keys, all that are names.
fn entries<'n>(node: &'n Node, what: &str, known: &[&str], faults: &mut Faults<'_>) -> Vec<Entry<'n>> {
    let entries = match &node.value {
        Value::Mapping(entries) => entries.as_slice(),
        _ if is_nothing(node) => &[],
        _ => {
            let help =
                "write `name: value`, one a line, indented by two spaces more than what they belong to";
            let message = format!("{what} is not made of names and values");
            faults.push(rule::CONFIGURATION_FORM, &node.range, message, help);
            &[]
        }
    };
    let mut found: Vec<Entry<'n>> = Vec::new();
    for (key, value) in entries {
        let Some(name) = name(key, faults) else {
            continue;
        };
        if !known.is_empty() && !known.contains(&name) {
            unknown(name, key, what, known, faults);
            continue;
        }
        faults.show(&key.range);
        if let Some(first) = found.iter().find(|entry| entry.key == name) {
            faults.push_related(
                rule::CONFIGURATION_KEY,
                &key.range,
                format!("`{name}` is there twice"),
                "take one of them out",
                (first.range, "here it was first"),
            );
            continue;
        }
        let range = &key.range;
        found.push(Entry {
            key: name,
            range,
            value,
        });
    }
    found
}

fn unknown(name: &str, key: &Node, what: &str, known: &[&str], faults: &mut Faults<'_>) {
    let near = nearest(name, known.iter().copied());
    // The name of a setting, or one so near to it, is no secret; any other may be.
    let message = match near.is_some() || Setting::of_name(name).is_some() {
        true => {
            faults.show(&key.range);
            format!("there is no setting `{name}` in {what}")
        }
        false => format!("there is no such setting in {what}"),
    };
    let help = match near {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("there are {}", known.join(", ")),
    };
    faults.push(rule::CONFIGURATION_KEY, &key.range, message, help);
}

/// The text of a key that is a name; others may be anything, and are not repeated.
fn name<'n>(key: &'n Node, faults: &mut Faults<'_>) -> Option<&'n str> {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    match &key.value {
        Value::Scalar { text, .. } if (1..=63).contains(&text.len()) && text.bytes().all(is_inner) => {
            Some(text)
        }
        _ => {
            let message = "what stands before the colon is no name";
            let help = "names are made of letters, digits and _; a text with a colon belongs into quotes";
            faults.push(rule::CONFIGURATION_KEY, &key.range, message, help);
            None
        }
    }
}

/// `~` and `null` are other words for nothing.
pub(super) fn is_nothing(node: &Node) -> bool {
    matches!(&node.value, Value::Scalar { text, is_plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
}
