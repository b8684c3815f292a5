//! Names: lower snake case, at most 63 bytes, none that PostgreSQL or the toolkit keeps for itself.

use heck::ToSnakeCase;

use crate::check::context::Context;
use crate::model::name::MAX_BYTES;
use crate::rule;
use crate::source::Span;

/// The columns that PostgreSQL adds to every relation.
const SYSTEM_COLUMNS: &[&str] = &["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// Checks the form and the length of a name. Says whether it is good.
pub(super) fn check_name(context: &mut Context<'_>, what: &str, name: &str, span: Span) -> bool {
    let mut bytes = name.bytes();
    let good_start = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase());
    let good =
        good_start && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !good {
        context.push(
            rule::NAME_FORM,
            span,
            format!("`{name}` is no name for a {what}"),
            snake_case_help(name),
        );
        return false;
    }
    if name.len() > MAX_BYTES {
        context.push(
            rule::NAME_LENGTH,
            span,
            format!("the {what}'s name has {} bytes", name.len()),
            format!("shorten it to {MAX_BYTES}: PostgreSQL cuts the rest off without a word"),
        );
        return false;
    }
    true
}

fn snake_case_help(name: &str) -> String {
    let form = "lower snake case: a letter a-z, then letters, digits and _";
    let mended = name.to_snake_case();
    let is_good = mended.is_ascii() && mended.starts_with(|first: char| first.is_ascii_lowercase());
    match is_good && mended != name {
        true => format!("write `{mended}`; names are {form}"),
        false => format!("use {form}"),
    }
}

pub(super) fn check_schema_name(context: &mut Context<'_>, name: &str, span: Span) {
    if check_name(context, "schema", name, span)
        && (name == "stellaops"
            || name == "public"
            || name == "information_schema"
            || name.starts_with("pg_"))
    {
        context.push(
            rule::RESERVED_NAME,
            span,
            format!("a schema cannot be called `{name}`"),
            "rename the folder: `stellaops` holds the shared objects, the others are PostgreSQL's",
        );
    }
}

pub(super) fn check_column_name(context: &mut Context<'_>, name: &str, span: Span) {
    if name == "tenant_id" {
        context.push(
            rule::TENANT_WRITTEN,
            span,
            "`tenant_id` is not written in a spec",
            "remove the column: the table's `tenancy` puts it in front",
        );
    } else if SYSTEM_COLUMNS.contains(&name) {
        context.push(
            rule::RESERVED_NAME,
            span,
            format!("a column cannot be called `{name}`"),
            "rename it: PostgreSQL has a system column of that name in every relation",
        );
    } else {
        check_name(context, "column", name, span);
    }
}
