//! Waivers: what they take back, and what they leave.

mod support;

use stellaops_db_spec::load_sources;
use stellaops_db_spec::model::Database;

use support::{good, sources};

const TWO_INDEXES: &str = r#"
summary = "A thing."
tenancy = "tenant"

[columns.id]
type = "uuid"
default = "uuid_v7"
doc = "Made by the client."

[columns.note]
type = "text"
max_length = 200
doc = "A remark."

[[indexes]]
name = "by_note"
pinned = ["note"]
why = "things with a remark"

[[indexes]]
name = "by_note_first"
pinned = ["note"]
order = ["id"]
why = "things with a remark, in order"
"#;

const WAIVER: &str = r#"
[[waivers]]
rule = "SDB0508"
why = "the short index stays in memory"
"#;

#[test]
fn a_waived_fault_is_none_and_the_waiver_is_in_the_model() {
    let database = checked(&[("specs/app/things.toml", &format!("{TWO_INDEXES}{WAIVER}"))])
        .unwrap_or_else(|codes| panic!("{codes:?}"));
    let table = database.table("app.things").expect("the table is there");
    let [waiver] = table.waivers.as_slice() else {
        panic!("one waiver is in force: {:?}", table.waivers);
    };
    assert_eq!(waiver.rule.code, "SDB0508");
    assert_eq!(waiver.why, "the short index stays in memory");
    assert_eq!(waiver.place.to_string(), "specs/app/things.toml:27:8");
    assert_eq!(table.indexes.len(), 2);
}

#[test]
fn a_waiver_leaves_the_same_fault_of_another_table() {
    let waived = format!("{TWO_INDEXES}{WAIVER}");
    let others = TWO_INDEXES
        .replace("by_note", "by_remark")
        .replace("\"note\"", "\"remark\"");
    let others = others.replace("columns.note", "columns.remark");
    let codes = checked(&[
        ("specs/app/things.toml", &waived),
        ("specs/app/others.toml", &others),
    ])
    .expect_err("the other table has no waiver");
    assert_eq!(codes, ["SDB0508 specs/app/others.toml:16:8"]);
}

fn checked(files: &[(&str, &str)]) -> Result<Database, Vec<String>> {
    let mut texts = good();
    for (path, text) in files {
        texts.insert((*path).into(), (*text).into());
    }
    load_sources(&sources(&texts)).map_err(|report| {
        report
            .faults()
            .iter()
            .map(|fault| format!("{} {}", fault.rule.code, report.place(fault)))
            .collect()
    })
}
