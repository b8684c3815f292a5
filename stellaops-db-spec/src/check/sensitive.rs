//! Sensitive columns: whose values are never shown, and so name no row and order nothing.

use crate::check::context::Context;
use crate::model::{Column, ColumnRole, ColumnType};
use crate::rule;
use crate::source::Span;
use crate::syntax::Entry;

/// Whether the column may be sensitive: not one that names a row or decides about it.
pub(super) fn check_sensitive(context: &mut Context<'_>, entry: &Entry, column: &Column) {
    let Some(written) = entry.node.entry("sensitive").filter(|_| column.sensitive) else {
        return;
    };
    let what = match (&column.role, &column.column_type) {
        (ColumnRole::Key | ColumnRole::Identity, _) => "a key names its row in logs and references",
        (ColumnRole::Plain | ColumnRole::Immutable, ColumnType::Boolean) => "of two values each is guessed",
        (ColumnRole::Plain | ColumnRole::Immutable, ColumnType::Enum(_)) => {
            "the values of an enum are words of the specification"
        }
        (ColumnRole::Plain | ColumnRole::Immutable, _) => return,
        _ => "the value decides about the row, and is set by a verb of its own",
    };
    context.push(
        rule::SENSITIVE_COLUMN,
        written.key_span,
        format!("`{}` cannot be sensitive: {what}", column.name),
        "remove `sensitive`, or keep the secret in a column of its own",
    );
}

/// A look-up by a secret: an index or a unique key holds a second copy of it.
pub(super) fn check_look_up(context: &mut Context<'_>, column: &Column, span: Span) {
    if column.sensitive {
        context.push(
            rule::SENSITIVE_INDEX,
            span,
            format!("`{}` is sensitive, and an index holds a second copy of it", column.name),
            "find rows by another column; where that cannot be, excuse the table by `[[waivers]]` with the reason",
        );
    }
}

/// Whether the column may be in an order, whose values are in every cursor.
pub(super) fn check_order(context: &mut Context<'_>, column: &Column, span: Span) -> bool {
    if column.sensitive {
        context.push(
            rule::SENSITIVE_COLUMN,
            span,
            format!(
                "`{}` is sensitive, and cursors hold the values of an order",
                column.name
            ),
            "order by another column",
        );
    }
    !column.sensitive
}
