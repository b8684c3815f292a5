//! Enums: lists of values in conditions and native enums become declared ones.

use super::catalog::Column;
use super::condition::Scalar;
use super::draft::Draft;
use super::name::is_good;
use super::toml::{self, Section};

/// Declares an enum for the column and lets the section use it; `false` if the values have no names.
pub(super) fn declare(
    draft: &mut Draft<'_>,
    column: &Column,
    values: &[Scalar],
    section: &mut Section,
) -> bool {
    let written = section.get("type").unwrap_or_default().to_owned();
    let names: Vec<(i64, String)> = match (values.first(), written.as_str()) {
        (Some(Scalar::Text(_)), "\"text\"") => texts(values),
        (Some(Scalar::Integer(_)), "\"smallint\"") => codes(values, column.comment.as_deref()),
        _ => return false,
    };
    if names.len() != values.len() || names.iter().any(|(_, name)| !is_good(name)) {
        return false;
    }
    let is_text = written == "\"text\"";
    let name = format!("{}_{}", draft.name(), draft.names.get(&column.name));
    let doc = format!(
        "What {} says of a row of {}.",
        draft.names.get(&column.name),
        draft.name()
    );
    let listed = match is_text {
        true => toml::list(names.iter().map(|(_, name)| name.as_str())),
        false => coded(&names),
    };
    draft.types.push(
        Section::new(format!("[enums.{name}]"), ("column", &column.name))
            .with("doc", toml::text(&doc))
            .with("storage", if is_text { "\"text\"" } else { "\"smallint\"" })
            .with("values", listed),
    );
    section.remove("type");
    section.set("enum", toml::text(&name));
    if !is_text {
        use_names(section, column, &names);
    }
    true
}

/// `{ pending = 0, queued = 1 }`
pub(super) fn coded(names: &[(i64, String)]) -> String {
    let pairs: Vec<String> = names
        .iter()
        .map(|(code, name)| format!("{name} = {code}"))
        .collect();
    format!("{{ {} }}", pairs.join(", "))
}

fn texts(values: &[Scalar]) -> Vec<(i64, String)> {
    let texts = values.iter().filter_map(|value| match value {
        Scalar::Text(text) => Some((0, text.clone())),
        Scalar::Integer(_) => None,
    });
    texts.collect()
}

/// The names that the column's comment gives to the codes.
fn codes(values: &[Scalar], comment: Option<&str>) -> Vec<(i64, String)> {
    let known = comment.map(|text| code_names(text).1).unwrap_or_default();
    let is_used = |code: &i64| values.contains(&Scalar::Integer(*code));
    known.into_iter().filter(|(code, _)| is_used(code)).collect()
}

/// A comment without `(0 pending, 1 queued)` at its end, and what stands there.
pub(super) fn code_names(comment: &str) -> (&str, Vec<(i64, String)>) {
    let found = comment
        .trim_end()
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once('('));
    let Some((doc, inside)) = found else {
        return (comment, Vec::new());
    };
    let pair = |item: &str| {
        let (code, name) = item.split_once(' ')?;
        Some((code.parse().ok()?, name.to_owned()))
    };
    match inside.split(", ").map(pair).collect::<Option<Vec<_>>>() {
        Some(names) => (doc.trim_end(), names),
        None => (comment, Vec::new()),
    }
}

fn use_names(section: &mut Section, column: &Column, names: &[(i64, String)]) {
    let (doc, _) = code_names(column.comment.as_deref().unwrap_or_default());
    section.set("doc", toml::text(doc));
    let default = section.get("default").and_then(|code| code.parse::<i64>().ok());
    if let Some((_, name)) = names.iter().find(|(code, _)| Some(*code) == default) {
        section.set("default", toml::text(name));
    }
}
