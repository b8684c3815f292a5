//! Examples and sensitive columns in the model.

mod support;

use stellaops_db_spec::load_sources;
use stellaops_db_spec::model::Table;

use support::{good, sources};

const HEAD: &str = "summary = \"A thing.\"\ntenancy = \"tenant\"\nwaivers = [{ rule = \"SDB0432\", why = \"nothing reads it\" }]\n[columns.id]\ntype = \"uuid\"\ndefault = \"uuid_v7\"\ndoc = \"Id.\"\n";

fn things(rest: &str) -> Table {
    let mut texts = good();
    texts.insert("specs/app/things.toml".into(), format!("{HEAD}{rest}"));
    let database = load_sources(&sources(&texts)).unwrap_or_else(|report| panic!("{report}"));
    database.table("app.things").expect("the table").clone()
}

#[test]
fn an_example_of_every_type_is_a_literal_of_the_column() {
    let enumeration =
        "[enums.colour]\ndoc = \"A colour.\"\nstorage = \"smallint\"\nvalues = { red = 0, blue = 7 }\n";
    for (column, sql) in [
        (
            "type = \"uuid\"\nexample = \"018f3b2e-0000-7000-8000-00000000000a\"",
            "'018f3b2e-0000-7000-8000-00000000000a'",
        ),
        ("type = \"text\"\nexample = \"it's\"", "'it''s'"),
        ("type = \"smallint\"\nexample = -3", "-3"),
        ("type = \"integer\"\nexample = 70000", "70000"),
        ("type = \"bigint\"\nexample = 5000000000", "5000000000"),
        ("type = \"boolean\"\nexample = false", "false"),
        (
            "type = \"timestamptz\"\nexample = \"2028-02-29T23:59:59Z\"",
            "'2028-02-29T23:59:59Z'",
        ),
        ("type = \"date\"\nexample = \"2026-12-31\"", "'2026-12-31'"),
        ("type = \"bytea\"\nexample = \"00ff\"", "E'\\\\x00ff'"),
        (
            "type = \"text[]\"\nexample = [\"a\", \"b\"]",
            "ARRAY['a', 'b']::text[]",
        ),
        ("type = \"uuid[]\"\nexample = []", "'{}'"),
        ("enum = \"colour\"\nexample = \"blue\"", "7"),
    ] {
        let table = things(&format!(
            "[columns.thing]\ndoc = \"A thing.\"\n{column}\n{enumeration}"
        ));
        let thing = table.column("thing").expect("the column");
        let example = thing.example.as_ref().unwrap_or_else(|| panic!("{column}"));
        assert_eq!(thing.sql_literal(example), sql, "{column}");
    }
}

#[test]
fn what_is_promoted_out_of_a_sensitive_document_is_sensitive_too() {
    let table = things(
        "[columns.person]\nshape = \"person\"\nsensitive = true\npaths = [{ column = \"email\", path = \"email\", type = \"text\", doc = \"The address.\" }]\n[shapes.person]\ndoc = \"A person.\"\nversion = \"app.person@1\"\nmembers.email = { type = \"text\" }\n",
    );
    for (name, sensitive) in [("id", false), ("person", true), ("email", true)] {
        assert_eq!(
            table.column(name).expect("the column").sensitive,
            sensitive,
            "{name}"
        );
    }
}
