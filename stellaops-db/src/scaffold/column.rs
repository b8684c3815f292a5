//! Columns: their types, defaults and meanings; the conditions on them come with the checks.

use stellaops_db_spec::model::ColumnType;
use stellaops_db_spec::syntax::keys::refused_type;

use super::catalog::Column;
use super::condition::{Scalar, literal, scalar};
use super::draft::Draft;
use super::nested::{bare, plain, split};
use super::toml::{self, Section};
use super::{document, world};

/// Takes over all columns but the tenant's and those that are computed.
pub(super) fn take(draft: &mut Draft<'_>) {
    let relation = draft.relation;
    let mut uncollated = Vec::new();
    for column in &relation.columns {
        if draft.is_tenant(&column.name) {
            compare_tenant(draft, column);
            continue;
        }
        if column.generated == "s" && take_generated(draft, column) {
            continue;
        }
        let mut section = start(draft, column);
        set_type(draft, column, &mut section);
        if column.generated.is_empty() {
            set_default(draft, column, &mut section);
        }
        if column.collation.as_deref() == Some("default") {
            uncollated.push(column.name.as_str());
        } else if let Some(other) = column.collation.as_deref().filter(|name| *name != "C") {
            section.set("collation", toml::text(other));
            section.set("collation_why", toml::text("Taken over from the database."));
        }
        draft.columns.push(section);
    }
    if !uncollated.is_empty() {
        let missing = format!("{} are in the database's own collation", uncollated.join(", "));
        draft.note(
            ("collation", ""),
            missing,
            "texts are in the collation C, which orders by bytes",
        );
    }
}

fn start(draft: &mut Draft<'_>, column: &Column) -> Section {
    let name = draft.names.get(&column.name);
    let header = format!("[columns.{}]", toml::key(&name));
    let mut section = Section::new(header, ("column", &column.name));
    if name != column.name {
        let instead = format!("the spec calls it {name}");
        draft.note(
            ("column", &column.name),
            "names of specs are in lower snake case",
            instead,
        );
    }
    match column
        .comment
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        Some(text) => section.set("doc", toml::text(text)),
        None => {
            draft.silent.push(format!("the column {}", column.name));
            section.set(
                "doc",
                toml::text("Taken over from the database, which does not say what it means."),
            );
        }
    }
    if !column.not_null {
        section.set("nullable", "true");
    }
    section
}

/// The tenancy brings the column; what differs from it is told.
fn compare_tenant(draft: &mut Draft<'_>, column: &Column) {
    if column.type_name != "text" {
        let missing = format!("its type is {}", column.type_name);
        draft.note(("column", "tenant_id"), missing, "a tenant's id is a text");
    }
    if !column.not_null {
        draft.note(
            ("column", "tenant_id"),
            "it may be NULL",
            "every row has a tenant",
        );
    }
    if column.default.is_some() {
        draft.note(
            ("column", "tenant_id"),
            "it has a default",
            "the bound tenant is written always",
        );
    }
    if column.type_name == "text" && column.collation.as_deref() != Some("C") {
        draft.note(
            ("column", "tenant_id"),
            "its collation is another",
            "its collation is C",
        );
    }
}

fn set_type(draft: &mut Draft<'_>, column: &Column, section: &mut Section) {
    if let Some(labels) = &column.labels {
        return take_native_enum(draft, column, labels, section);
    }
    let written = column.base.as_deref().unwrap_or(&column.type_name);
    if column.base.is_some() {
        let missing = format!("its type is the domain {}", column.type_name);
        draft.note(
            ("column", &column.name),
            missing,
            format!("its type is that of the domain, {written}"),
        );
    }
    let known = match written {
        "timestamp with time zone" => Some("timestamptz"),
        other => ColumnType::parse(other).map(|_| other),
    };
    if let Some(word) = known {
        return section.set("type", toml::text(word));
    }
    if written == "jsonb" {
        return document::take_free(draft, column, section);
    }
    take_nearest(draft, column, written, section);
}

/// A type that no spec has: the nearest one, and a note.
fn take_nearest(draft: &mut Draft<'_>, column: &Column, written: &str, section: &mut Section) {
    let help = refused_type(written).map_or("write a type of the format", |refused| refused.help);
    let word = written.split('(').next().unwrap_or(written).trim();
    let (nearest, length) = match word {
        "json" => {
            let missing = "its type is json, which keeps the text of a document and not its value";
            draft.note(("column", &column.name), missing, "its type is jsonb");
            return document::take_free(draft, column, section);
        }
        "character varying" | "character" => ("text", length(written)),
        "timestamp without time zone" => ("timestamptz", None),
        _ if written.ends_with("[]") => ("text[]", None),
        _ if written.starts_with("timestamp") && written.ends_with("with time zone") => ("timestamptz", None),
        _ if written.starts_with("timestamp") => ("timestamptz", None),
        "numeric" | "real" | "double precision" | "money" | "interval" => ("bigint", None),
        "time without time zone" => ("smallint", None),
        _ => ("text", None),
    };
    section.set("type", toml::text(nearest));
    if let Some(length) = length {
        section.set("max_length", length.to_string());
    }
    let missing = format!("{written} is no type of the format");
    draft.note(
        ("column", &column.name),
        missing,
        format!("its type is {nearest}; {help}"),
    );
}

fn length(written: &str) -> Option<i64> {
    let (_, behind) = written.split_once('(')?;
    behind.split_once(')')?.0.parse().ok()
}

fn take_native_enum(draft: &mut Draft<'_>, column: &Column, labels: &[String], section: &mut Section) {
    let missing = format!("its type is the enum {} of the database", column.type_name);
    let values: Vec<Scalar> = labels.iter().cloned().map(Scalar::Text).collect();
    section.set("type", toml::text("text"));
    let instead = match super::enumeration::declare(draft, column, &values, section) {
        true => "an enum of the specs, stored as text",
        false => "a text, because the values are no names of the format",
    };
    draft.note(("column", &column.name), missing, instead);
}

fn set_identity(draft: &mut Draft<'_>, column: &Column, section: &mut Section) {
    section.set("identity", "true");
    if column.identity == "d" {
        let missing = "a statement may bring its own number (BY DEFAULT AS IDENTITY)";
        draft.note(
            ("column", &column.name),
            missing,
            "the database gives every number",
        );
    }
}

fn set_default(draft: &mut Draft<'_>, column: &Column, section: &mut Section) {
    if !column.identity.is_empty() {
        return set_identity(draft, column, section);
    }
    let Some(default) = column.default.as_deref() else {
        return;
    };
    let canonical = plain(default);
    let key_type = section
        .get("type")
        .unwrap_or_default()
        .trim_matches('"')
        .to_owned();
    match bare(&canonical) {
        "now()" | "CURRENT_TIMESTAMP" if key_type == "timestamptz" => {
            section.set("default", toml::text("now"))
        }
        made if key_type == "uuid"
            && (made.contains("gen_random_uuid()") || made.contains("uuid_generate")) =>
        {
            section.set("default", toml::text("uuid_v7"));
            let missing = format!("the database makes its value, {made}");
            draft.note(("column", &column.name), missing, "the client makes a UUIDv7");
        }
        made if made.starts_with("nextval(") => {
            section.set("type", toml::text("bigint"));
            section.set("identity", "true");
            draft.note(
                ("column", &column.name),
                format!("its numbers come from a sequence, {made}"),
                "a bigint that is an identity",
            );
        }
        written => match literal_default(written, &key_type, section.get("enum").is_some()) {
            Some(value) => section.set("default", value),
            None => {
                let missing = format!("its default is {written}");
                draft.note(("column", &column.name), missing, "it has no default");
            }
        },
    }
}

/// A default as TOML, if it is a literal of the type.
fn literal_default(written: &str, column_type: &str, is_enum: bool) -> Option<String> {
    if matches!(written, "true" | "false") && column_type == "boolean" {
        return Some(written.into());
    }
    if let Some(items) = written
        .strip_prefix("ARRAY[")
        .and_then(|list| list.strip_suffix(']'))
    {
        let items: Option<Vec<String>> = split(items, ", ").iter().map(|item| literal(item)).collect();
        return Some(toml::list(items?.iter().map(String::as_str)));
    }
    if column_type.ends_with("[]") && written.starts_with("'{}'::") {
        return Some("[]".into());
    }
    if let (Some((text, cast)), true) = (written.rsplit_once("::"), is_enum || column_type == "text")
        && (is_enum || cast.starts_with("character"))
    {
        return literal(text).map(|text| toml::text(&text));
    }
    match scalar(written)? {
        Scalar::Text(text) if column_type == "text" || is_enum => Some(toml::text(&text)),
        Scalar::Integer(number) if matches!(column_type, "smallint" | "integer" | "bigint") => {
            Some(number.to_string())
        }
        _ => None,
    }
}

/// A promoted path, or the column of a search; says whether the spec has it.
fn take_generated(draft: &mut Draft<'_>, column: &Column) -> bool {
    let expression = plain(column.default.as_deref().unwrap_or_default());
    if column.type_name == "tsvector" && super::search::take(draft, column, &expression) {
        return true;
    }
    let Some((source, path)) = path(bare(&expression)) else {
        let missing = format!("it is computed by {expression}");
        draft.note(
            ("column", &column.name),
            missing,
            "a column that statements write",
        );
        return false;
    };
    let (name, doc) = (draft.names.get(&column.name), column.comment.clone());
    let doc = draft.why(&format!("the column {}", column.name), &doc);
    let entry = format!(
        "{{ column = {}, path = {}, type = \"text\", doc = {} }}",
        toml::text(&name),
        toml::text(&path.join(".")),
        toml::text(&doc).replace('\n', " ")
    );
    let Some(section) = draft.column(&source) else {
        draft.note(
            ("column", &column.name),
            "it stands before the document that it is computed from",
            "it is left out",
        );
        return true;
    };
    let paths = match section.get("paths").and_then(|paths| paths.strip_suffix("]")) {
        Some(paths) => format!("{paths}  {entry},\n]"),
        None => format!("[\n  {entry},\n]"),
    };
    section.set("paths", paths);
    true
}

/// `(payload -> 'outer') ->> 'inner'`.
fn path(expression: &str) -> Option<(String, Vec<String>)> {
    let parts = split(expression, " ->> ");
    let [before, last] = parts.as_slice() else {
        return None;
    };
    let mut path = vec![literal(last)?];
    let mut rest = bare(before).to_owned();
    while let [before, member] = split(&rest, " -> ").as_slice() {
        path.insert(0, literal(member)?);
        let before = bare(before).to_owned();
        rest = before;
    }
    let is_plain = rest
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    is_plain.then_some((rest, path))
}

/// The primary key, if it is not `id` alone.
pub(super) fn take_key(draft: &mut Draft<'_>) {
    let relation = draft.relation;
    let key = world::key(relation);
    if key.is_empty() {
        return make_key(draft);
    }
    if draft.tenancy.has_tenant() && key.first().map(String::as_str) != Some("tenant_id") {
        let missing = format!("its primary key is ({})", key.join(", "));
        draft.note(("table", ""), missing, "the tenant comes first in the key");
    }
    let own: Vec<String> = draft
        .own(key)
        .into_iter()
        .filter(|name| !draft.is_tenant(name))
        .collect();
    let is_registry = draft.tenancy == stellaops_db_spec::model::Tenancy::Registry;
    if own != ["id"] && !is_registry {
        let list = toml::list(own.iter().map(String::as_str));
        draft.head.set("key", list);
    }
}

/// A table without a key gets one, `id`.
fn make_key(draft: &mut Draft<'_>) {
    let instead = match draft.column("id") {
        Some(section) => {
            section.remove("nullable");
            "the key is the column id, which is never NULL"
        }
        None => {
            let section = Section::new("[columns.id]", ("table", ""))
                .with("type", "\"uuid\"")
                .with("default", "\"uuid_v7\"")
                .with("doc", toml::text("The key, which the table did not have."));
            draft.columns.insert(0, section);
            "a column id is the key"
        }
    };
    draft.note(("table", ""), "it has no primary key", instead);
}
