//! Values that were released once: stored rows may hold them, new ones never do.

use crate::check::context::Context;
use crate::check::enumeration::fitting_values;
use crate::check::name::check_name;
use crate::model::{EnumValue, Storage};
use crate::rule;
use crate::source::Span;
use crate::syntax::Node;

/// The retired values of an enum; none when one of them has no code.
pub(super) fn check_retired(
    context: &mut Context<'_>,
    storage: Storage,
    values: &[EnumValue],
    node: &Node,
) -> Option<Vec<EnumValue>> {
    let Some(written) = node.get("retired") else {
        return Some(Vec::new());
    };
    let mut retired: Vec<EnumValue> = Vec::new();
    for (name, span, code) in fitting_values(context, storage, written)? {
        check_name(context, "value of an enum", &name, span);
        let position = values.len() + retired.len();
        let number = code.map_or(i64::try_from(position).unwrap_or(i64::MAX), |(number, _)| number);
        let Some(code) = i16::try_from(number).ok().filter(|code| *code >= 0) else {
            context.push(
                rule::ENUM_CODE,
                span,
                format!("{number} is no code"),
                "write the number that the stored rows hold, from 0 to 32767",
            );
            return None;
        };
        check_free(
            context,
            storage,
            values.iter().chain(&retired),
            (&name, code, span),
        );
        retired.push(EnumValue { name, code });
    }
    Some(retired)
}

/// A name or a code that means something else already would change the meaning of stored rows.
fn check_free<'a>(
    context: &mut Context<'_>,
    storage: Storage,
    mut others: impl Iterator<Item = &'a EnumValue>,
    (name, code, span): (&str, i16, Span),
) {
    let is_same_code = |other: &EnumValue| storage == Storage::SmallInt && other.code == code;
    let other = others.find(|other| other.name == name || is_same_code(other));
    if let Some(other) = other {
        let message = match other.name == name {
            true => format!("`{name}` is there already"),
            false => format!("the code {code} of `{name}` means `{}` too", other.name),
        };
        context.push(
            rule::ENUM_RETIRED,
            span,
            message,
            "a retired value keeps its name and its code to itself: give the new value others",
        );
    }
}
