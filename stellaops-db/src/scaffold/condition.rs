//! Conditions as the server prints them, taken apart: bounds, patterns and lists of values of a column.

use super::nested::{bare, joined, plain, split};

/// What a condition asks of one column.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) min_length: Option<i64>,
    pub(super) max_length: Option<i64>,
    pub(super) pattern: Option<String>,
    pub(super) values: Option<Vec<Scalar>>,
    /// A text that the value is not.
    pub(super) not: Vec<String>,
    /// Asks what the toolkit asks of a list, or of the tenant of a parent, by itself.
    pub(super) implied: bool,
}

/// A value in a condition or a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scalar {
    Text(String),
    Integer(i64),
}

impl Bounds {
    /// Reads a condition on the column; nothing if any part of it asks for something else.
    pub(super) fn read(column: &str, condition: &str) -> Option<Self> {
        let mut bounds = Bounds::default();
        for part in conjuncts(condition) {
            bounds.take(column, &part)?;
        }
        Some(bounds)
    }

    fn take(&mut self, column: &str, part: &str) -> Option<()> {
        if let Some(value) = part.strip_prefix(column) {
            return self.take_value(value);
        }
        for measure in ["char_length", "length", "cardinality", "octet_length"] {
            let measured = format!("{measure}({column}) ");
            if let Some(bound) = part.strip_prefix(&measured) {
                return put_bound(bound, &mut self.min_length, &mut self.max_length);
            }
        }
        let list = format!(
            "CASE COALESCE(array_ndims({column}), 1) WHEN 1 THEN (array_position({column}, NULL) IS NULL) ELSE false END"
        );
        let parent_tenant = format!("({column} = tenant_id) OR ({column} = '@global')");
        let is_implied = [list, parent_tenant].contains(&without_casts_of_null(part));
        if is_implied || part.starts_with(&format!("({column} IS NULL) = (")) {
            self.implied = true;
            return Some(());
        }
        None
    }

    fn take_value(&mut self, value: &str) -> Option<()> {
        if let Some(pattern) = value.strip_prefix(" ~ ") {
            let pattern = literal(pattern)?;
            return self.pattern.is_none().then(|| self.pattern = Some(pattern));
        }
        if let Some(other) = value.strip_prefix(" <> ") {
            self.not.push(literal(other)?);
            return Some(());
        }
        if value.starts_with(" = ") {
            let values = one_of(value)?;
            return self.values.is_none().then(|| self.values = Some(values));
        }
        put_bound(value.strip_prefix(' ')?, &mut self.min, &mut self.max)
    }
}

/// ` = ANY (ARRAY[…])`, or ` = …` of one value.
pub(super) fn one_of(text: &str) -> Option<Vec<Scalar>> {
    let text = text.strip_prefix(" = ")?;
    match text
        .strip_prefix("ANY (ARRAY[")
        .and_then(|list| list.strip_suffix("])"))
    {
        Some(list) => split(list, ", ").iter().map(|item| scalar(item)).collect(),
        None => Some(vec![scalar(text)?]),
    }
}

fn put_bound(text: &str, least: &mut Option<i64>, greatest: &mut Option<i64>) -> Option<()> {
    let (bound, number) = match (text.strip_prefix(">= "), text.strip_prefix("<= ")) {
        (Some(number), _) => (least, number),
        (_, Some(number)) => (greatest, number),
        _ => return None,
    };
    let Scalar::Integer(number) = scalar(number)? else {
        return None;
    };
    bound.is_none().then(|| *bound = Some(number))
}

/// A number or a text, with or without a cast.
pub(super) fn scalar(text: &str) -> Option<Scalar> {
    let text = bare(text);
    if let Ok(number) = text.parse() {
        return Some(Scalar::Integer(number));
    }
    let (value, cast) = match text.rsplit_once("::") {
        Some((value, cast)) if !cast.contains('\'') => (bare(value), cast),
        _ => (text, "text"),
    };
    match cast {
        "smallint" | "integer" | "bigint" => {
            let digits = literal(value).unwrap_or_else(|| value.to_owned());
            digits.parse().ok().map(Scalar::Integer)
        }
        "text" => literal(value).map(Scalar::Text),
        _ => None,
    }
}

/// The text of a literal, if that is all there is.
pub(super) fn literal(text: &str) -> Option<String> {
    let text = text.strip_suffix("::text").unwrap_or(text);
    let (has_escapes, quoted) = match text.strip_prefix('E') {
        Some(quoted) => (true, quoted),
        None => (false, text),
    };
    let inside = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
    if inside.replace("''", "").contains('\'') {
        return None;
    }
    let inside = inside.replace("''", "'");
    Some(if has_escapes {
        inside.replace("\\\\", "\\")
    } else {
        inside
    })
}

/// The parts that are joined by AND, of any depth, in the form that [`plain`] gives.
pub(super) fn conjuncts(condition: &str) -> Vec<String> {
    joined(&plain(condition), " AND ")
}

fn without_casts_of_null(text: &str) -> String {
    text.replace("NULL::text", "NULL").replace("NULL::uuid", "NULL")
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Scalar, conjuncts};

    #[test]
    fn bounds_are_read_as_the_server_prints_them() {
        let read = |condition: &str| Bounds::read("size", condition);
        let bounds = read("((char_length(size) >= 1) AND (char_length(size) <= 20))").unwrap();
        assert_eq!((bounds.min_length, bounds.max_length), (Some(1), Some(20)));
        assert_eq!(read("(size >= '-5'::integer)").unwrap().min, Some(-5));
        let pattern = read(r"((char_length(size) <= 9) AND (size ~ '^it''s \( AND \)$'::text))").unwrap();
        assert_eq!(pattern.pattern.as_deref(), Some(r"^it's \( AND \)$"));
        let values = read("(size = ANY (ARRAY['a'::text, 'b, c'::text]))")
            .unwrap()
            .values;
        assert_eq!(
            values,
            Some(vec![Scalar::Text("a".into()), Scalar::Text("b, c".into())])
        );
    }

    #[test]
    fn what_asks_for_more_is_not_read() {
        for condition in [
            "(size > 4)",
            "((size >= 1) OR (size <= 4))",
            "((size >= 1) AND (other <= 4))",
            "((size >= 1) AND (size >= 2))",
            "(lower(size) = 'a'::text)",
        ] {
            assert_eq!(Bounds::read("size", condition), None, "{condition}");
        }
    }

    #[test]
    fn conditions_are_split_outside_of_quotes_and_cases() {
        let condition = "(CASE a WHEN 1 THEN b AND c ELSE d END AND (('x AND y'::text = e) AND f))";
        assert_eq!(
            conjuncts(condition),
            ["CASE a WHEN 1 THEN b AND c ELSE d END", "'x AND y' = e", "f"]
        );
    }
}
