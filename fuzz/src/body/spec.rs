//! A table file beside a good database: answered with faults that lie within it, or emitted whole.

use stellaops_db_spec::source::{SourceFile, Sources};
use stellaops_db_spec::statement::Statements;
use stellaops_db_spec::{ddl, doc, load_sources, row_rules, scaffold};

use super::{look_at_faults, text};
use crate::Target;

const TABLE: &str = "specs/app/things.toml";

/// The files that are good.
const GOOD: [(&str, &str); 3] = [
    (
        "specs/database.toml",
        "spec_version = 1\nname = \"shop\"\nsummary = \"A shop.\"\n",
    ),
    ("specs/app/schema.toml", "summary = \"The app.\"\n"),
    (
        "specs/app/parents.toml",
        "summary = \"A parent.\"\ntenancy = \"tenant\"\n[columns.id]\ntype = \"uuid\"\ndefault = \"uuid_v7\"\n\
         doc = \"Made by the client.\"\n[[indexes]]\nname = \"by_id\"\nserved_by = \"primary_key\"\nwhy = \"all\"\n",
    ),
];

/// The target.
pub const TARGET: Target = Target {
    name: "spec",
    body,
    pieces: &[
        "\n",
        "\"",
        "'",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "=",
        ".",
        ",",
        "#",
        "\\",
        "\0",
        "\r\n",
        "é",
        "𝄞",
        "-1",
        "9999999999999999999",
        "1.5",
        "true",
        "[]",
        "{}",
        "\"\"",
        "\"now\"",
        "\"id\"",
        "\"tenant_id\"",
        "\"things\"",
        "summary = \"A thing.\"\n",
        "tenancy = \"tenant\"\n",
        "[columns.id]\n",
        "type = \"uuid\"\n",
        "doc = \"It.\"\n",
        "[[indexes]]\n",
        "[queue]\n",
        "nullable = true\n",
        "key = []\n",
        "type = \"text\"\n",
        "where = \"",
        "(",
        ")",
        " NOT ",
        "\"\"\"",
        "'''",
        "\u{feff}",
        "\u{202e}",
        "$$",
        "--",
        ";",
        "default = \"uuid_v7\"\n",
    ],
};

/// Nothing panics, and each fault has a place within its file.
pub fn body(data: &[u8]) {
    let text = text(data);
    let given = [(TABLE, text.as_ref())];
    let file = |(path, text): (&str, &str)| SourceFile {
        path: path.into(),
        text: text.into(),
    };
    let sources = Sources::new(GOOD.into_iter().chain(given).map(file).collect());
    let database = match load_sources(&sources) {
        Ok(database) => database,
        Err(report) => {
            assert!(!report.faults().is_empty());
            let faults = report.to_records();
            let known = |file: &str| sources.files().iter().any(|source| *source.path == *file);
            assert!(faults.iter().all(|fault| known(&fault.file)));
            for source in sources.files() {
                let of_file = faults.iter().filter(|fault| *fault.file == *source.path);
                look_at_faults(of_file, &source.text);
            }
            assert!(report.to_string().contains("explain"));
            return;
        }
    };
    assert!(!ddl::emit(&database).is_empty());
    doc::specification(&database);
    for schema in &database.schemas {
        scaffold::schema(schema);
        for table in &schema.tables {
            Statements::of(table);
            let rules = row_rules::RowRules::of(table).to_text();
            row_rules::RowRules::from_text(&rules).expect("what was written is read");
        }
    }
}
