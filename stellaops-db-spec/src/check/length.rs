//! Whether a text has an end that an index can rely on.

use crate::model::{Column, ColumnRole, ColumnType, Item, Member, MemberType, Shape, Table};

/// The greatest length, in characters, that fits into a row of an index beside the tenant.
const MOST_CHARACTERS: i64 = 2_000;

/// Whether no value of the column is too long for a row of an index.
pub(super) fn is_bounded(table: &Table, column: &Column) -> bool {
    if column.column_type != ColumnType::Text {
        return true;
    }
    match &column.role {
        ColumnRole::Tenant => true,
        ColumnRole::Generated(generated) => {
            let source = table.column(&generated.source);
            source.is_some_and(|source| match &source.column_type {
                ColumnType::Json(shape) => is_path_bounded(shape, &generated.path),
                _ => false,
            })
        }
        _ => are_bounds(column.max_length, column.pattern.as_deref()),
    }
}

/// Whether the text at the end of a path is bounded in every document. What lies in a free object is
/// not.
fn is_path_bounded(shape: &Shape, path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    let documents = shape.stored_documents();
    let members = documents.iter().flat_map(|document| document.members());
    members
        .filter(|member| member.name == *first)
        .all(|member| match (member.member_type, &member.shape) {
            (MemberType::Object, Some(part)) => is_path_bounded(part, rest),
            (MemberType::Map(Item::Object), Some(part)) => {
                rest.len() > 1 && is_path_bounded(part, &rest[1..])
            }
            // The length of a map is that of none of its texts.
            (MemberType::Map(Item::Text), _) => is_text_bounded(member, None),
            (MemberType::Text, _) => is_text_bounded(member, member.max_length),
            _ => false,
        })
}

fn is_text_bounded(member: &Member, max_length: Option<i64>) -> bool {
    !member.values.is_empty() || are_bounds(max_length, member.pattern.as_deref())
}

fn are_bounds(max_length: Option<i64>, pattern: Option<&str>) -> bool {
    max_length.is_some_and(|length| length <= MOST_CHARACTERS) || pattern.is_some_and(ends_somewhere)
}

/// Whether a regular expression matches whole texts of some greatest length: anchored at both ends,
/// without an alternative beside the anchors, and without a repetition that has no end.
fn ends_somewhere(pattern: &str) -> bool {
    let Some(inner) = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')) else {
        return false;
    };
    let mut depth = 0_usize;
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '[' => skip_bracket(&mut letters),
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '*' | '+' => return false,
            '|' if depth == 0 => return false,
            '{' => {
                let bounds: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
                if bounds.ends_with(',') {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

/// What stands between brackets repeats nothing. A bracket that comes first is one of the letters.
fn skip_bracket(letters: &mut std::str::Chars<'_>) {
    let mut is_first = true;
    while let Some(letter) = letters.next() {
        match letter {
            '^' if is_first => continue,
            ']' if !is_first => return,
            '\\' => {
                letters.next();
            }
            // A class such as `[:alpha:]` ends with a bracket of its own.
            '[' => {
                letters.by_ref().find(|letter| *letter == ']');
            }
            _ => {}
        }
        is_first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::ends_somewhere;

    #[test]
    fn a_pattern_ends_unless_something_repeats_without_end() {
        for pattern in [
            "^sha256:[0-9a-f]{64}$",
            "^[a-z][a-z0-9_-]{0,63}$",
            "^(all|some)$",
            r"^a\+b$",
            "^[]+*]{2}$",
            "^[[:alpha:]+]{1,3}$",
        ] {
            assert!(ends_somewhere(pattern), "{pattern}");
        }
        for pattern in [
            "sha256:[0-9a-f]{64}",
            "^a+$",
            "^[a-z]*$",
            "^[a-z]{3,}$",
            "^a$|^b$",
            "^(a|b)+$",
        ] {
            assert!(!ends_somewhere(pattern), "{pattern}");
        }
    }
}
