//! Conditions of the specs as trees, for who evaluates them without a database.
//!
//! SQL is PostgreSQL's to understand. This takes the simple forms that conditions mostly have, and says of any
//! other text that it is none of them: it never guesses. An expression is over the columns of one row.
//!
//! | form | example |
//! |---|---|
//! | a boolean column, `NOT`, `AND`, `OR`, parentheses | `enabled AND NOT (hidden OR locked)` |
//! | `IS NULL`, `IS NOT NULL` | `deleted_at IS NULL` |
//! | `=`, `<>`, `!=`, `<`, `<=`, `>`, `>=` | `(state = 'error') = (reason IS NOT NULL)` |
//! | `IN`, `NOT IN` | `status NOT IN ('open', 'acknowledged')` |
//! | the functions of [`Function`] | `num_nonnulls(user_id, channel_id) <= 1` |
//! | texts without backslashes, whole numbers, `true`, `false`, `NULL` | `replays > 0` |

mod parse;
mod token;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expression {
    /// The value of a column.
    Column(String),
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// NULL.
    Null,
    /// `NOT`.
    Not(Box<Expression>),
    /// All of them, at least two.
    And(Vec<Expression>),
    /// One of them at least, of at least two.
    Or(Vec<Expression>),
    /// Two values, held against each other.
    Compare(Box<Expression>, Comparison, Box<Expression>),
    /// `IS NULL`.
    IsNull(Box<Expression>),
    /// One of several values.
    In(Box<Expression>, Vec<Expression>),
    /// A function of values.
    Call(Function, Vec<Expression>),
}

/// How two values are held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`, also written `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// The functions that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `num_nonnulls`: how many of the values are there.
    NumNonNulls,
    /// `num_nulls`: how many of the values are NULL.
    NumNulls,
    /// `btrim` of one text: without the spaces at both ends.
    Trim,
    /// `char_length` of a text.
    CharLength,
    /// `cardinality` of an array.
    Cardinality,
}

impl Function {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "num_nonnulls" => Function::NumNonNulls,
            "num_nulls" => Function::NumNulls,
            "btrim" => Function::Trim,
            "char_length" => Function::CharLength,
            "cardinality" => Function::Cardinality,
            _ => return None,
        })
    }

    fn takes(self, arguments: usize) -> bool {
        match self {
            Function::NumNonNulls | Function::NumNulls => arguments > 0,
            Function::Trim | Function::CharLength | Function::Cardinality => arguments == 1,
        }
    }
}

impl Expression {
    /// Reads a condition; none when it is not of the simple forms, or nested deeper than 64 levels.
    ///
    /// ```
    /// use stellaops_db_spec::expression::Expression;
    ///
    /// let condition = Expression::parse("deleted_at IS NULL AND enabled");
    /// assert!(matches!(condition, Some(Expression::And(parts)) if parts.len() == 2));
    /// assert_eq!(Expression::parse("ends_at - starts_at <= interval '7 days'"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        parse::condition(&token::tokens(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;

    #[test]
    fn what_is_not_simple_is_none_of_ours() {
        for text in [
            "",
            "a +",
            "a + b <= c",
            "images::bigint <= 3",
            "a = ANY (b)",
            "name ~ '^a'",
            "payload -> 'kind' = '1'",
            "CASE WHEN a THEN b END",
            "a = E'\\n'",
            "a = 'back\\slash'",
            "lower(a) = 'x'",
            "btrim(a, 'x') = ''",
            "a IS TRUE",
            "a < b < c",
            "a IN ()",
            "(a",
            "a) OR (b",
            "a b",
            "num_nonnulls()",
            "a = 1.5",
            "a BETWEEN 1 AND 2",
            "a = now()",
            "current_date > a",
        ] {
            assert_eq!(Expression::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_none_of_ours() {
        let nested = |depth: usize| [&"(".repeat(depth), "a", &")".repeat(depth)].concat();
        assert_eq!(
            Expression::parse(&nested(63)),
            Some(Expression::Column("a".into()))
        );
        for deep in [
            nested(64),
            nested(100_000),
            "(".repeat(100_000),
            "NOT ".repeat(100_000) + "a",
        ] {
            assert_eq!(Expression::parse(&deep), None);
        }
    }

    #[test]
    fn words_bind_as_in_sql() {
        let same = |left: &str, right: &str| {
            let read = |text| Expression::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read(left), read(right));
        };
        same("a OR b AND NOT c", "(a OR (b AND (NOT (c))))");
        same("NOT a = b OR c", "(NOT (a = b)) OR c");
        same("a = b IS NULL", "(a = b) IS NULL");
        same("NOT a IS NULL", "NOT (a IS NULL)");
        same("a = 1 AND b NOT IN (2, 3)", "(a = 1) AND (NOT (b IN (2, 3)))");
        same("a IS NOT NULL", "NOT (a IS NULL)");
        same("a != -1", "a <> -1");
        same("A AND b", "a AND B");
        same("\"a\" = 'it''s'", "a = 'it''s'");
    }
}
