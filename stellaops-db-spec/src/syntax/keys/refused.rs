//! Types of SQL that are no column types: why, and what is written instead.

use super::COLUMN_TYPE;
use crate::rule::{self, Rule};

/// A family of types that no column has.
#[derive(Debug, Clone, Copy)]
pub struct RefusedType {
    /// The rule that refuses it.
    pub rule: &'static Rule,
    /// The names, in lower case, without a length or a precision. One that begins with `*` is the end
    /// of a name.
    pub names: &'static [&'static str],
    /// What to write instead.
    pub help: &'static str,
}

/// Every family that is refused with a reason of its own.
pub const REFUSED_TYPES: &[RefusedType] = &[
    RefusedType {
        rule: rule::TYPE_ARRAY,
        names: &["*[]", "array"],
        help: "write a table of its own with a row an element, or a shape with a list",
    },
    RefusedType {
        rule: rule::TYPE_VARCHAR,
        names: &[
            "varchar",
            "char",
            "character",
            "character varying",
            "nvarchar",
            "nchar",
            "bpchar",
            "citext",
            "name",
        ],
        help: "write `type = \"text\"`, and `max_length` for the greatest length in characters",
    },
    RefusedType {
        rule: rule::TYPE_MONEY,
        names: &["money", "smallmoney", "currency"],
        help: "write `type = \"bigint\"` in the smallest unit, and a text column with the currency",
    },
    RefusedType {
        rule: rule::TYPE_FLOAT,
        names: &["float", "float4", "float8", "real", "double", "double precision"],
        help: "write `type = \"bigint\"` in a unit small enough, and name the unit: `duration_millis`, `score_per_mille`",
    },
    RefusedType {
        rule: rule::TYPE_NUMERIC,
        names: &["numeric", "decimal", "dec", "number"],
        help: "write `type = \"bigint\"` in a unit small enough, and name the unit",
    },
    RefusedType {
        rule: rule::TYPE_JSON,
        names: &["json", "jsonb", "hstore", "object", "map"],
        help: "write `shape = \"…\"` and declare the shape with its version and members",
    },
    RefusedType {
        rule: rule::TYPE_SERIAL,
        names: &[
            "serial",
            "serial4",
            "serial8",
            "bigserial",
            "smallserial",
            "serial2",
        ],
        help: "write `type = \"bigint\"` and `identity = true`",
    },
    RefusedType {
        rule: rule::TYPE_TIMESTAMP,
        names: &[
            "timestamp",
            "timestamp without time zone",
            "datetime",
            "datetime2",
        ],
        help: "write `type = \"timestamptz\"`",
    },
    RefusedType {
        rule: rule::TYPE_TIME,
        names: &["time", "timetz", "time without time zone", "time with time zone"],
        help: "write `type = \"smallint\"`, minutes after midnight, and a text column with the time zone",
    },
    RefusedType {
        rule: rule::TYPE_INTERVAL,
        names: &["interval", "duration"],
        help: "write `type = \"bigint\"` and name the unit: `lease_seconds`, `duration_millis`",
    },
    RefusedType {
        rule: rule::TYPE_ENUM,
        names: &["enum"],
        help: "write `enum = \"…\"` and declare the enum with its storage and values",
    },
    RefusedType {
        rule: rule::TYPE_SPECIAL,
        names: &[
            "inet",
            "cidr",
            "macaddr",
            "macaddr8",
            "xml",
            "bit",
            "bit varying",
            "varbit",
            "point",
            "line",
            "lseg",
            "box",
            "path",
            "polygon",
            "circle",
            "geometry",
            "geography",
            "tsvector",
            "tsquery",
            "oid",
            "pg_lsn",
            "ltree",
            "*range",
        ],
        help: "write `type = \"text\"` with a `pattern`, or a column for each part of the value",
    },
];

/// Other spellings of column types, and how a spec writes them.
const OTHER_SPELLINGS: &[(&str, &str)] = &[
    ("int", "integer"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("long", "bigint"),
    ("bool", "boolean"),
    ("string", "text"),
    ("guid", "uuid"),
    ("blob", "bytea"),
    ("bytes", "bytea"),
    ("timestamp with time zone", "timestamptz"),
];

/// The family that a word belongs to, whatever its case, length, precision or default length.
pub fn refused_type(word: &str) -> Option<&'static RefusedType> {
    let name = bare(word);
    REFUSED_TYPES.iter().find(|refused| {
        refused.names.iter().any(|known| match known.strip_prefix('*') {
            Some(end) => name.ends_with(end),
            None => name == *known,
        })
    })
}

/// How a spec writes a type that is meant by another name, in another case or with a length.
pub fn usual_spelling(word: &str) -> Option<&'static str> {
    let name = bare(word);
    let other = OTHER_SPELLINGS.iter().find(|(other, _)| *other == name);
    let same = || {
        let joined = name.replace(' ', "");
        COLUMN_TYPE.iter().find(|usual| usual.name == joined)
    };
    other
        .map(|(_, usual)| *usual)
        .or_else(|| same().map(|usual| usual.name))
}

/// In lower case, without what stands in parentheses, one blank between words.
fn bare(word: &str) -> String {
    let mut bare = String::new();
    let mut depth = 0_usize;
    for letter in word.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => bare.extend(letter.to_lowercase()),
            _ => {}
        }
    }
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{REFUSED_TYPES, refused_type, usual_spelling};

    #[test]
    fn no_column_type_is_another_spelling_of_a_refused_one() {
        for refused in REFUSED_TYPES.iter().flat_map(|refused| refused.names) {
            assert_eq!(usual_spelling(refused), None, "{refused}");
        }
    }

    #[test]
    fn a_type_is_known_with_its_length_and_in_any_case() {
        for (word, code) in [
            ("varchar(20)", "SDB0320"),
            ("CHARACTER VARYING (20)", "SDB0320"),
            ("numeric(10, 2)", "SDB0323"),
            ("timestamp(6) without time zone", "SDB0326"),
            ("timestamptz[]", "SDB0331"),
            ("enum('a', 'b')", "SDB0330"),
            ("int4range", "SDB0329"),
        ] {
            assert_eq!(
                refused_type(word).map(|refused| refused.rule.code),
                Some(code),
                "{word}"
            );
        }
        assert_eq!(usual_spelling("timestamp(3) with time zone"), Some("timestamptz"));
        assert_eq!(usual_spelling("INT"), Some("integer"));
        assert_eq!(usual_spelling("text (20)"), Some("text"));
        assert_eq!(usual_spelling("UUID []"), Some("uuid[]"));
    }

    #[test]
    fn no_name_is_refused_twice() {
        let mut names: Vec<&str> = REFUSED_TYPES
            .iter()
            .flat_map(|refused| refused.names)
            .copied()
            .collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
