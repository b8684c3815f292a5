//! References of several columns and orders that a key serves, as SQL.

use std::path::Path;

use stellaops_db_spec::ddl::emit;
use stellaops_db_spec::load;
use stellaops_db_spec::model::{Database, ServedBy};

fn library() -> Database {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/library/specs");
    load(&folder)
        .expect("the folder can be read")
        .unwrap_or_else(|report| panic!("{report}"))
}

fn sql() -> String {
    let files = emit(&library());
    let file = files.into_iter().find(|file| file.path == "schemas/library.sql");
    file.expect("the file is emitted").text
}

#[track_caller]
fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "there is no\n{part}\nin\n{text}");
}

#[test]
fn a_reference_of_several_columns_holds_the_tenant_on_both_sides() {
    assert_contains(
        &sql(),
        "CONSTRAINT fk_copies_home_shelf_id_home_number FOREIGN KEY (tenant_id, home_shelf_id, home_number)\n    REFERENCES library.places (tenant_id, shelf_id, number) ON DELETE CASCADE",
    );
}

#[test]
fn a_reference_to_a_unique_key_names_its_columns() {
    assert_contains(
        &sql(),
        "CONSTRAINT fk_copies_label FOREIGN KEY (tenant_id, label)\n    REFERENCES library.places (tenant_id, code) ON DELETE RESTRICT",
    );
}

#[test]
fn a_reference_of_nullable_columns_is_whole_or_not_there() {
    let sql = sql();
    assert_contains(&sql, "ON DELETE SET NULL (shelf_id, number)");
    assert_contains(
        &sql,
        "CONSTRAINT ck_copies_shelf_id_number_together CHECK (num_nonnulls(shelf_id, number) = 0 OR num_nulls(shelf_id, number) = 0)",
    );
    assert_eq!(
        sql.matches("CONSTRAINT ck_copies_shelf_id_number_together")
            .count(),
        2
    );
    assert_eq!(
        sql.matches("_together CHECK").count(),
        2,
        "once for people and once to compare"
    );
}

#[test]
fn a_reference_says_what_it_keeps_true() {
    assert_contains(
        &sql(),
        "COMMENT ON CONSTRAINT fk_copies_label ON library.copies IS 'only labels that exist are scanned';",
    );
}

#[test]
fn tables_come_behind_those_that_their_references_name() {
    let sql = sql();
    let position = |table: &str| {
        sql.find(&format!("CREATE TABLE IF NOT EXISTS library.{table} ("))
            .expect("a table")
    };
    assert!(position("shelves") < position("places") && position("places") < position("copies"));
}

#[test]
fn an_order_that_a_key_serves_makes_no_index() {
    let (database, sql) = (library(), sql());
    for (table, index, served_by, order) in [
        ("library.places", "by_shelf", ServedBy::PrimaryKey, vec!["number"]),
        (
            "library.shelves",
            "by_name",
            ServedBy::UniqueKey("name".into()),
            vec!["name"],
        ),
    ] {
        let table = database.table(table).expect("a table");
        let index = table.index(index).expect("an index");
        assert_eq!(index.served_by, Some(served_by));
        let names: Vec<&str> = index
            .order
            .iter()
            .map(|ordered| ordered.column.name.as_str())
            .collect();
        assert_eq!(names, order);
        assert!(!sql.contains(&format!("INDEX idx_{}", table.name)), "{sql}");
    }
}
