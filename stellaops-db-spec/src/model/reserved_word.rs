//! The words that PostgreSQL does not take as a bare name everywhere.

/// Whether a name must be quoted because PostgreSQL 15, 16, 17 or 18 has it as a key word that is
/// not unreserved; the same rule as that of the server's own `quote_ident`.
pub(super) fn is_reserved(name: &str) -> bool {
    WORDS.binary_search(&name).is_ok()
}

/// Whether even a column cannot have the name without quotes.
pub(crate) fn is_reserved_for_columns(name: &str) -> bool {
    is_reserved(name) && AS_COLUMN.binary_search(&name).is_err()
}

/// `SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'`, all versions together, sorted by byte.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character",
    "check", "coalesce", "collate", "collation", "column", "concurrently", "constraint", "create",
    "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc",
    "distinct", "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float",
    "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having",
    "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into",
    "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object",
    "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value",
    "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp",
    "merge_action", "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null",
    "nullif", "numeric", "offset", "on", "only", "or", "order", "out", "outer", "overlaps",
    "overlay", "placing", "position", "precision", "primary", "real", "references", "returning",
    "right", "row", "select", "session_user", "setof", "similar", "smallint", "some", "substring",
    "symmetric", "system_user", "table", "tablesample", "then", "time", "timestamp", "to",
    "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values", "varchar",
    "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat",
    "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot",
    "xmlserialize", "xmltable",
];

/// Those that name a column without quotes, but no function or type: `catcode = 'C'`.
#[rustfmt::skip]
const AS_COLUMN: &[&str] = &[
    "between", "bigint", "bit", "boolean", "char", "character", "coalesce", "dec", "decimal",
    "exists", "extract", "float", "greatest", "grouping", "inout", "int", "integer", "interval",
    "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg",
    "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "least",
    "merge_action", "national", "nchar", "none", "normalize", "nullif", "numeric", "out", "overlay",
    "position", "precision", "real", "row", "setof", "smallint", "substring", "time", "timestamp",
    "treat", "trim", "values", "varchar", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists",
    "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_so_that_the_search_finds_them() {
        assert!(WORDS.is_sorted() && AS_COLUMN.is_sorted());
        assert!(AS_COLUMN.iter().all(|word| is_reserved(word)));
        assert!(is_reserved_for_columns("order") && !is_reserved_for_columns("position"));
        assert!(is_reserved("order") && is_reserved("json_table") && is_reserved("system_user"));
        assert!(!is_reserved("status"));
    }
}
