//! Columns: what they hold, their default, their bounds, their role.

use crate::check::bound;
use crate::check::context::{Context, Declared, suggest};
use crate::check::example::check_example;
use crate::check::name::check_column_name;
use crate::check::path;
use crate::check::role::{Job, Jobs};
use crate::check::sensitive::check_sensitive;
use crate::model::{Column, ColumnRole, ColumnType, Default, Literal};
use crate::rule;
use crate::source::Span;
use crate::syntax::{Entry, Value};

/// Checks a column and the columns that are generated from its promoted paths. None of them is
/// there when nobody knows what the column holds; why is reported then.
pub(super) fn check_column(
    context: &mut Context<'_>,
    entry: &Entry,
    jobs: &Jobs,
    declared: &Declared,
) -> Vec<Column> {
    check_column_name(context, &entry.key, entry.key_span);
    if entry.node.faulty {
        return Vec::new();
    }
    let Some(column_type) = check_type(context, entry, declared) else {
        return Vec::new();
    };
    let node = &entry.node;
    let job = jobs.of(context, entry);
    let role = check_role(context, entry, job, &column_type);
    let column = Column {
        name: entry.key.clone(),
        doc: check_doc(context, entry, &column_type),
        nullable: node.flag("nullable"),
        default: check_default(context, entry, &column_type),
        compare_and_swap: role == ColumnRole::Status || node.flag("compare_and_swap"),
        min: node.integer("min"),
        max: node.integer("max"),
        min_length: node.integer("min_length"),
        max_length: node.integer("max_length"),
        pattern: node.text("pattern").map(Into::into),
        collation: check_collation(context, entry, &column_type),
        sensitive: node.flag("sensitive"),
        example: check_example(context, entry, &column_type, &role),
        place: context.place(entry.key_span),
        column_type,
        role,
    };
    bound::check_bounds(context, entry, &column);
    check_job(context, entry, &column);
    check_sensitive(context, entry, &column);
    let mut columns = vec![column];
    columns.extend(path::check_paths(context, entry, &columns[0]));
    columns
}

fn check_type(context: &mut Context<'_>, entry: &Entry, declared: &Declared) -> Option<ColumnType> {
    let only = check_one_kind(context, entry)?;
    let word = only.node.as_str()?;
    match only.key.as_str() {
        "type" => ColumnType::parse(word),
        "enum" => check_enum(context, word, only.node.span, declared),
        _ => check_shape(context, word, only.node.span, declared),
    }
}

/// The one of `type`, `enum` and `shape` that is written.
fn check_one_kind<'a>(context: &mut Context<'_>, entry: &'a Entry) -> Option<&'a Entry> {
    let kinds = entry.node.entries().iter();
    let written: Vec<&Entry> = kinds
        .filter(|inner| ["type", "enum", "shape"].contains(&inner.key.as_str()))
        .collect();
    if let [only] = written.as_slice() {
        return Some(only);
    }
    let (count, span) = match written.get(1) {
        None => ("none", entry.key_span),
        Some(second) => ("more than one", second.key_span),
    };
    context.push(
        rule::COLUMN_KIND,
        span,
        format!(
            "the column `{}` says {count} of `type`, `enum` and `shape`",
            entry.key
        ),
        "write exactly one of them",
    );
    None
}

fn check_enum(context: &mut Context<'_>, word: &str, span: Span, declared: &Declared) -> Option<ColumnType> {
    let found = declared.enums.iter().find(|candidate| candidate.name == word);
    if found.is_none() && declared.lacks_enum(word) {
        let names = declared.enums.iter().map(|candidate| candidate.name.as_str());
        context.push(
            rule::ENUM_UNDECLARED,
            span,
            format!("no enum `{word}` is declared in this schema"),
            suggest(word, names),
        );
    }
    found.cloned().map(ColumnType::Enum)
}

fn check_shape(context: &mut Context<'_>, word: &str, span: Span, declared: &Declared) -> Option<ColumnType> {
    let found = declared.shapes.iter().find(|candidate| candidate.name == word);
    if found.is_none() && declared.lacks_shape(word) {
        let documents = declared.shapes.iter().filter(|candidate| !candidate.is_part());
        context.push(
            rule::SHAPE_UNDECLARED,
            span,
            format!("no shape `{word}` is declared in this schema"),
            suggest(word, documents.map(|candidate| candidate.name.as_str())),
        );
    }
    if let Some(part) = found.filter(|shape| shape.is_part()) {
        context.push(
            rule::PART_USE,
            span,
            format!("`{}` is a part, and no document of its own", part.name),
            "declare a shape with a `version` for the column, with a member that holds the part",
        );
        return None;
    }
    found.cloned().map(ColumnType::Json)
}

fn check_role(
    context: &mut Context<'_>,
    entry: &Entry,
    job: Option<Job>,
    column_type: &ColumnType,
) -> ColumnRole {
    let is_status = matches!(column_type, ColumnType::Enum(declared) if declared.is_status());
    let identity = entry.node.flag("identity");
    if identity {
        let good = *column_type == ColumnType::BigInt
            && job == Some(Job::Key)
            && entry.node.get("default").is_none()
            && !entry.node.flag("nullable");
        if !good {
            context.push(
                rule::IDENTITY_FORM,
                entry
                    .node
                    .entry("identity")
                    .map_or(entry.key_span, |inner| inner.key_span),
                format!("`{}` cannot be numbered by the database", entry.key),
                "an identity is a bigint, part of the key, not NULL and without a default",
            );
        }
    }
    match job {
        _ if identity => ColumnRole::Identity,
        Some(Job::Key) => ColumnRole::Key,
        Some(Job::RowVersion) => ColumnRole::RowVersion,
        Some(Job::SoftDelete) => ColumnRole::SoftDelete,
        Some(Job::Lease) => ColumnRole::Lease,
        Some(Job::Chained) => ColumnRole::Chained,
        Some(Job::Immutable) => ColumnRole::Immutable,
        Some(Job::Touched) => ColumnRole::Touched,
        // What records a status once, as a key or a fact does, takes no steps.
        None if is_status => ColumnRole::Status,
        None => ColumnRole::Plain,
    }
}

fn check_doc(context: &mut Context<'_>, entry: &Entry, column_type: &ColumnType) -> String {
    if let Some(doc) = entry.node.text("doc") {
        return doc.into();
    }
    match column_type {
        ColumnType::Enum(declared) => declared.doc.clone(),
        ColumnType::Json(shape) => shape.doc.clone(),
        _ => {
            context.push(
                rule::COLUMN_UNDOCUMENTED,
                entry.key_span,
                format!("nothing says what `{}` means", entry.key),
                "add `doc`: its meaning, its unit, who sets it",
            );
            String::new()
        }
    }
}

fn check_default(context: &mut Context<'_>, entry: &Entry, column_type: &ColumnType) -> Option<Default> {
    let node = entry.node.get("default")?;
    let default = match (&node.value, column_type) {
        (Value::String(text), ColumnType::TimestampTz) if text == "now" => Some(Default::Now),
        (Value::String(text), ColumnType::Uuid) if text == "uuid_v7" => Some(Default::UuidV7),
        (Value::String(text), ColumnType::Text) => Some(Default::Literal(Literal::Text(text.clone()))),
        (Value::Integer(number), kind) if fits(*number, kind) => {
            Some(Default::Literal(Literal::Integer(*number)))
        }
        (Value::Boolean(value), ColumnType::Boolean) => Some(Default::Literal(Literal::Boolean(*value))),
        (Value::List(items), kind) if kind.is_array() => {
            let texts: Vec<String> = items
                .iter()
                .filter_map(|item| item.as_str().map(Into::into))
                .collect();
            let whole = texts.len() == items.len() && (*kind == ColumnType::TextArray || texts.is_empty());
            whole.then_some(Default::Literal(Literal::TextList(texts)))
        }
        (Value::String(text), ColumnType::Enum(declared)) => {
            if declared.value(text).is_none() {
                let help = suggest(text, declared.values.iter().map(|value| value.name.as_str()));
                context.push(
                    rule::DEFAULT_TYPE,
                    node.span,
                    format!("`{text}` is no value of the enum `{}`", declared.name),
                    help,
                );
                return None;
            }
            Some(Default::Literal(Literal::EnumValue(text.clone())))
        }
        _ => None,
    };
    if default.is_none() {
        context.push(
            rule::DEFAULT_TYPE,
            node.span,
            format!(
                "this is no default for a column of type {}",
                column_type.in_words()
            ),
            default_help(column_type),
        );
    }
    default
}

/// Whether the integer type holds the number.
pub(super) fn fits(number: i64, column_type: &ColumnType) -> bool {
    match column_type {
        ColumnType::SmallInt => i16::try_from(number).is_ok(),
        ColumnType::Integer => i32::try_from(number).is_ok(),
        ColumnType::BigInt => true,
        _ => false,
    }
}

fn default_help(column_type: &ColumnType) -> &'static str {
    match column_type {
        ColumnType::Uuid => "the default of a uuid is \"uuid_v7\", made by the client",
        ColumnType::TimestampTz => "the default of a timestamptz is \"now\", the client's clock",
        ColumnType::Text => "write a string",
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            "write an integer that the type can hold"
        }
        ColumnType::Boolean => "write `true` or `false`",
        ColumnType::TextArray => "write a list of strings, `[]` for an empty one",
        ColumnType::UuidArray => "write `[]`",
        ColumnType::Enum(_) => "write the name of one of the enum's values",
        ColumnType::Date | ColumnType::Bytea | ColumnType::Json(_) => {
            "this type has no default: leave it out"
        }
    }
}

fn check_collation(context: &mut Context<'_>, entry: &Entry, column_type: &ColumnType) -> Option<String> {
    let inner = entry
        .node
        .entry("collation")
        .or_else(|| entry.node.entry("collation_why"))?;
    let whole = entry.node.get("collation").is_some() && entry.node.get("collation_why").is_some();
    if *column_type != ColumnType::Text || !whole {
        context.push(
            rule::COLLATION_REASON,
            inner.key_span,
            format!("another collation for `{}` needs a text column and a reason", entry.key),
            "write both `collation` and `collation_why` on a text column, or neither: the default \"C\" is the same on every machine",
        );
        return None;
    }
    entry.node.text("collation").map(Into::into)
}

/// What a column's job demands of it. The place is the first thing that is not so.
fn check_job(context: &mut Context<'_>, entry: &Entry, column: &Column) {
    let timestamp = column.column_type == ColumnType::TimestampTz;
    let default = |wanted: Option<Default>| ("default", column.default == wanted);
    let required = ("nullable", !column.nullable);
    let (rule, help, demands) = match column.role {
        ColumnRole::Touched => (
            rule::TOUCHED_FORM,
            "what every update sets is a timestamptz, not NULL, with `default = \"now\"`",
            vec![("type", timestamp), required, default(Some(Default::Now))],
        ),
        ColumnRole::RowVersion => (
            rule::ROW_VERSION_FORM,
            "a row version is a bigint, not NULL, with `default = 1`",
            vec![
                ("type", column.column_type == ColumnType::BigInt),
                required,
                default(Some(Default::Literal(Literal::Integer(1)))),
            ],
        ),
        ColumnRole::SoftDelete => (
            rule::SOFT_DELETE_FORM,
            "the mark of soft deletion is a nullable timestamptz without a default",
            vec![("type", timestamp), ("nullable", column.nullable), default(None)],
        ),
        ColumnRole::Key => (
            rule::KEY_TYPE,
            "a key column is not NULL, of collation C, and no array and no JSONB",
            vec![
                ("type", column.column_type.is_leakproof()),
                required,
                ("collation", column.collation.is_none()),
            ],
        ),
        _ => return,
    };
    // A default that is no value of the type was told already.
    let told = column.default.is_none() && entry.node.get("default").is_some();
    let broken = demands
        .iter()
        .find(|(key, good)| !(*good || told && *key == "default"));
    if let Some((key, _)) = broken {
        let shape_or_enum = || entry.node.get("shape").or_else(|| entry.node.get("enum"));
        let written = entry.node.get(key);
        let node = if *key == "type" {
            written.or_else(shape_or_enum)
        } else {
            written
        };
        context.push(
            rule,
            node.map_or(entry.key_span, |node| node.span),
            format!("`{}` cannot be {}", column.name, role_in_words(&column.role)),
            help,
        );
    }
}

fn role_in_words(role: &ColumnRole) -> &'static str {
    match role {
        ColumnRole::Touched => "set by every update",
        ColumnRole::RowVersion => "the row version",
        ColumnRole::SoftDelete => "the mark of soft deletion",
        _ => "part of the key",
    }
}

/// A column name that is used twice, among all columns of the table. A tenant that is written by hand
/// was told already.
pub(super) fn check_doubled(context: &mut Context<'_>, columns: &[Column], spans: &[(String, Span)]) {
    for (position, column) in columns.iter().enumerate() {
        let is_again = columns[..position]
            .iter()
            .any(|earlier| earlier.name == column.name && earlier.role != ColumnRole::Tenant);
        let last = spans.iter().rev().find(|(name, _)| *name == column.name);
        if let Some((name, span)) = last.filter(|_| is_again) {
            context.push(
                rule::DOUBLED_NAME,
                *span,
                format!("there are two columns `{name}`"),
                "rename one of them",
            );
        }
    }
}
