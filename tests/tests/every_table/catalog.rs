//! What the server's catalog says of every table, against the spec: columns, types, nullability,
//! collation, keys and comments, one by one.

use std::fmt::Write;

use stellaops_db_spec::model::{Column, ColumnType, Table};
use tokio_postgres::Row;

use crate::client::Client;
use crate::fixture::{SYSTEM, database, specs};

#[tokio::test]
async fn the_columns_of_every_table_are_those_of_its_spec() {
    let specs = specs();
    let database = database(&specs).await;
    let client = Client::connect(&database, SYSTEM).await;
    let mut differences = String::new();
    for table in specs.tables() {
        let found = columns(&client, table).await;
        let searched = table
            .search
            .as_ref()
            .map(|search| expected_search(&search.column));
        let wanted: Vec<String> = table
            .columns
            .iter()
            .map(|column| expected(column))
            .chain(searched)
            .collect();
        if found != wanted {
            writeln!(
                differences,
                "{}\n  found:  {found:#?}\n  wanted: {wanted:#?}",
                table.qualified()
            )
            .expect("a string takes it");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[tokio::test]
async fn every_relation_and_column_carries_its_meaning_as_a_comment() {
    let specs = specs();
    let database = database(&specs).await;
    let client = Client::connect(&database, SYSTEM).await;
    for table in specs.tables() {
        let sql = format!(
            "SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
             WHERE attrelid = '{0}'::regclass AND attnum > 0 AND NOT attisdropped AND coalesce(col_description(attrelid, attnum), '') = ''
             UNION ALL SELECT array['the table'] WHERE coalesce(obj_description('{0}'::regclass, 'pg_class'), '') = ''",
            table.sql_name()
        );
        let silent = client.run(&sql, None, &[]).await.expect("the catalog is read");
        let silent: Vec<Vec<String>> = silent.iter().filter_map(|row| row.get(0)).collect();
        assert!(
            silent.is_empty(),
            "{}: {silent:?} has no comment",
            table.qualified()
        );
    }
}

/// One line a column, in the table's order.
async fn columns(client: &Client, table: &Table) -> Vec<String> {
    let sql = format!(
        "SELECT attname::text, format_type(atttypid, atttypmod), attnotnull,
                (SELECT collname::text FROM pg_collation WHERE oid = attcollation), attidentity::text, attgenerated::text
         FROM pg_attribute WHERE attrelid = '{}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        table.sql_name()
    );
    let rows = client.run(&sql, None, &[]).await.expect("the catalog is read");
    rows.iter().map(line).collect()
}

fn line(row: &Row) -> String {
    let not_null: bool = row.get(2);
    let collation: Option<String> = row.get(3);
    let (identity, generated): (String, String) = (row.get(4), row.get(5));
    format!(
        "{} {} {} {} {identity}{generated}",
        row.get::<_, String>(0),
        row.get::<_, String>(1),
        if not_null { "NOT NULL" } else { "NULL" },
        collation.unwrap_or_default()
    )
}

fn expected(column: &Column) -> String {
    let collation = match (
        &column.collation,
        column.column_type.is_text(),
        &column.column_type,
    ) {
        (Some(named), ..) => named.as_str(),
        (None, true, _) | (None, _, ColumnType::TextArray) => "C",
        (None, false, _) => "",
    };
    let mark = match (&column.role, column.is_generated()) {
        (stellaops_db_spec::model::ColumnRole::Identity, _) => "a",
        (_, true) => "s",
        (_, false) => "",
    };
    format!(
        "{} {} {} {collation} {mark}",
        column.name,
        column.column_type.catalog_name(),
        if column.nullable { "NULL" } else { "NOT NULL" }
    )
}

/// A generated tsvector can be computed for every row, and is not declared NOT NULL.
fn expected_search(column: &str) -> String {
    format!("{column} tsvector NULL  s")
}
