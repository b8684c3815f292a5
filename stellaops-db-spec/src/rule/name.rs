//! 02xx: names.

use super::rules;

rules! { SpecCheck;
    NAME_FORM = "SDB0201", "names are lower snake case";
    reason "A name becomes an SQL identifier, a Rust field and part of generated names. Lower snake case (`[a-z][a-z0-9_]*`) needs quotes in none of them, and no two names differ by case alone. Members of JSON documents may use capitals, as JSON does: `[A-Za-z][A-Za-z0-9_]*`.";
    wrong r#"[columns.createdAt]
type = "timestamptz""#;
    right r#"[columns.created_at]
type = "timestamptz""#;

    NAME_LENGTH = "SDB0202", "a name has at most 63 bytes";
    reason "PostgreSQL cuts longer identifiers without an error, so two long names may silently become one.";
    wrong r#"[columns.the_identifier_of_the_request_that_caused_the_job_to_be_created_first]
type = "uuid""#;
    right r#"[columns.cause_request_id]
type = "uuid""#;

    RESERVED_NAME = "SDB0203", "no name is taken by PostgreSQL or by the toolkit";
    reason "Schemas `stellaops` and `pg_…`, and the columns `ctid`, `xmin`, `xmax`, `cmin`, `cmax` and `tableoid`, exist already. PostgreSQL would refuse the schema file, or a query would mean another column.";
    wrong r#"[columns.xmin]
type = "bigint""#;
    right r#"[columns.row_version]
type = "bigint""#;

    DOUBLED_NAME = "SDB0204", "a name is declared once";
    reason "Enums and shapes of a schema share one namespace across its files, as do the columns of a table with its promoted paths, and its indexes, keys and checks. A second declaration would decide by accident which of the two is meant.";
    wrong r#"[[checks]]
name = "positive"

[[checks]]
name = "positive""#;
    right r#"[[checks]]
name = "attempts_positive"

[[checks]]
name = "weight_positive""#;
}
