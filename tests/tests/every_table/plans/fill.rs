//! Many rows of a table, made by the server: as the types of the spec ask for, each column apart from
//! the others, so that every order has rows that differ and every pin some rows of each tenant.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db_spec::model::{Column, ColumnRole, ColumnType, Storage, Table, Tenancy, quote_literal};

use stellaops_db::verify::sample::document;
use stellaops_db_tests::length;

/// How many rows a table has, and of how many tenants: two thousand of each, so that a plan which reads all of a tenant's is
/// told from one that reads a page.
#[derive(Clone, Copy)]
pub(super) struct Size {
    rows: i64,
    tenants: i64,
}

impl Size {
    pub(super) fn of_run() -> Self {
        let tenants = if length::is_full() { 100 } else { 25 };
        Size {
            rows: 2_000 * tenants,
            tenants,
        }
    }
}

/// The values of a column by which rows are found together: that many of a kind or a state, and of what points
/// elsewhere or is named freely.
const FEW: u32 = 4;
const SOME: u32 = 12;
/// The values of any other column.
const MANY: u32 = 300;

/// What all tenants have, in a table that holds nothing else. The rows' CHECKs are gone: they cost more than the
/// rows, and no plan looks at them.
pub(super) async fn fill(superuser: &mut PgConnection, table: &Table) {
    let Size { rows, tenants } = Size::of_run();
    // Each index is built once, at the end; those of keys refuse rows meanwhile.
    run(superuser, leave_alone(table)).await;
    let mut from = 0;
    while from < 3 * rows {
        // What a unique key of some rows passes over is made up for.
        let missing = rows - count(superuser, table).await;
        if missing <= 0 {
            break;
        }
        let upto = from + (missing * 3 / 2).clamp(tenants, rows);
        let upto = if from == 0 { rows } else { upto };
        run(superuser, insert(table, from, upto)).await;
        from = upto;
    }
    run(superuser, format!("REINDEX TABLE {}", table.sql_name())).await;
    run(superuser, format!("ANALYZE {}", table.sql_name())).await;
    let there = count(superuser, table).await;
    assert!(there >= rows, "{}: {there} rows", table.qualified());
}

/// New rows do not enter the indexes that refuse none.
fn leave_alone(table: &Table) -> String {
    let relation = format!("'{}'::regclass", table.sql_name());
    format!(
        "UPDATE pg_index SET indisready = false
         WHERE NOT indisunique AND (SELECT relkind = 'i' FROM pg_class WHERE oid = indexrelid)
           AND (indrelid = {relation} OR indrelid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = {relation}))"
    )
}

async fn count(superuser: &mut PgConnection, table: &Table) -> i64 {
    let sql = format!("SELECT count(*) FROM {}", table.sql_name());
    let count = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(superuser).await;
    count.expect("counts")
}

pub(super) async fn run(connection: &mut PgConnection, sql: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.clone()))
        .execute(connection)
        .await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn insert(table: &Table, from: i64, upto: i64) -> String {
    let maker = Maker {
        table,
        spread: spread(table),
    };
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (position, column) in table.columns.iter().enumerate() {
        if !matches!(column.role, ColumnRole::Generated(_) | ColumnRole::Identity) {
            names.push(column.sql_name());
            values.push(maker.value(column, position));
        }
    }
    // `i` counts the rows of a tenant, `m` the tenants.
    format!(
        "INSERT INTO {} ({}) SELECT {} FROM (SELECT n, {} FROM generate_series({from}, {}) AS n) AS numbered ON CONFLICT DO NOTHING",
        table.sql_name(),
        names.join(", "),
        values.join(", "),
        numbers(table),
        upto - 1,
    )
}

/// A table with one row a tenant has as many tenants as rows.
pub(super) fn has_one_row_a_tenant(table: &Table) -> bool {
    table.tenancy.has_tenant() && table.own_key().is_empty()
}

fn numbers(table: &Table) -> String {
    match table.tenancy.has_tenant() && !has_one_row_a_tenant(table) {
        true => format!("n / {0} AS i, n % {0} AS m", Size::of_run().tenants),
        false => "n AS i, n AS m".into(),
    }
}

/// Of each key that all rows have the column that tells rows apart: none that orders are pinned to, where there is
/// another.
fn spread(table: &Table) -> BTreeMap<String, &'static str> {
    let mut spread = BTreeMap::new();
    let own: Vec<_> = table.own_key().into_iter().cloned().collect();
    let unique = table
        .unique_keys
        .iter()
        .map(|key| (key.columns.clone(), key.condition.is_none()));
    for (key, holds_for_all) in std::iter::once((own, true)).chain(unique) {
        let is_pinned = |column: &Column| {
            let mut indexes = table.indexes.iter();
            indexes.any(|index| index.pinned.iter().any(|pinned| pinned.name == column.name))
        };
        let is_spread =
            |column: &Column| spread.contains_key(&column.name) || column.role == ColumnRole::Identity;
        if key.iter().any(|column| is_spread(column)) {
            continue;
        }
        let best = key
            .iter()
            .filter(|column| !is_parents_tenant(table, column))
            .filter_map(|column| Some((is_pinned(column), rank(column)?, column)));
        let best: Vec<_> = best.collect();
        let free = best.iter().filter(|(is_pinned, ..)| !is_pinned);
        match (free.min_by_key(|(_, rank, _)| rank), best.as_slice()) {
            (Some((.., column)), _) => {
                spread.insert(column.name.clone(), "i");
            }
            // Of a key that some rows have the others give way.
            (None, _) if !holds_for_all => {}
            // What orders are pinned to is shared by some rows: no two rows share both.
            (None, [.., (.., first), (.., second)]) => {
                spread.insert(first.name.clone(), "i / 40");
                spread.insert(second.name.clone(), "i % 40");
            }
            (None, [(.., column)]) => {
                spread.insert(column.name.clone(), "i");
            }
            (None, []) => {}
        }
    }
    spread
}

/// Whether it holds the tenant of a parent that can be everybody's.
fn is_parents_tenant(table: &Table, column: &Column) -> bool {
    let mut tenants = table
        .references
        .iter()
        .filter_map(|reference| reference.parent_tenant.as_ref());
    tenants.any(|tenant| tenant.name == column.name)
}

/// How well a column tells rows apart.
fn rank(column: &Column) -> Option<usize> {
    let types = [
        ColumnType::Uuid,
        ColumnType::Text,
        ColumnType::BigInt,
        ColumnType::Integer,
        ColumnType::TimestampTz,
        ColumnType::Date,
        ColumnType::SmallInt,
        ColumnType::Bytea,
    ];
    types.iter().position(|known| *known == column.column_type)
}

struct Maker<'a> {
    table: &'a Table,
    /// The columns that tell rows apart, by the number that they are made from.
    spread: BTreeMap<String, &'static str>,
}

impl Maker<'_> {
    fn value(&self, column: &Column, position: usize) -> String {
        match column.role {
            ColumnRole::Tenant => return tenant(self.table),
            ColumnRole::RowVersion => return "1".into(),
            ColumnRole::Chained if column.column_type == ColumnType::BigInt => return "i + 1".into(),
            _ => {}
        }
        let value = match is_parents_tenant(self.table, column) {
            true => format!(
                "CASE {} WHEN 0 THEN '@global' ELSE 't' || m END",
                chance(position, 2)
            ),
            false => self.of_type(column, position),
        };
        let tells_tenants = has_one_row_a_tenant(self.table) && self.spread.contains_key(&column.name);
        match column.nullable && !tells_tenants {
            // Half of the rows have none.
            true => format!("CASE WHEN {} = 0 THEN {value} END", chance(position + 500, 2)),
            false => value,
        }
    }

    /// A number of the row's: its own, or one of those that rows share.
    fn number(&self, column: &Column, position: usize) -> String {
        let is_pinned = |name: &str| {
            let mut pins = self.table.indexes.iter().flat_map(|index| &index.pinned);
            pins.any(|pinned| pinned.name == name)
        };
        match (self.spread.get(&column.name), &column.column_type) {
            (Some(number), _) => format!("({number})"),
            (None, ColumnType::Uuid | ColumnType::Text) if is_pinned(&column.name) => chance(position, SOME),
            (None, _) if is_pinned(&column.name) => chance(position, FEW),
            (None, _) => chance(position, MANY),
        }
    }

    fn of_type(&self, column: &Column, position: usize) -> String {
        let number = self.number(column, position);
        match &column.column_type {
            ColumnType::Uuid => format!("md5('{position} ' || {number})::uuid"),
            ColumnType::Text => format!("'{}-' || {number}", column.name),
            ColumnType::SmallInt => format!("({} + {number})::smallint", column.min.unwrap_or(0)),
            ColumnType::Integer => format!("({} + {number})::integer", column.min.unwrap_or(0)),
            ColumnType::BigInt => format!("({} + {number})::bigint", column.min.unwrap_or(0)),
            ColumnType::Boolean => format!("{} = 0", chance(position, 2)),
            ColumnType::TimestampTz => self.time(column, position),
            ColumnType::Date => format!("date '2026-01-01' + ({number})::integer"),
            ColumnType::Bytea => format!("sha256(convert_to('{position} ' || {number}, 'UTF8'))"),
            ColumnType::TextArray | ColumnType::UuidArray => {
                format!("'{{}}'::{}", column.column_type.sql())
            }
            ColumnType::Enum(declared) => {
                let values: Vec<String> = declared
                    .values
                    .iter()
                    .map(|value| declared.sql_literal(value))
                    .collect();
                let kind = match declared.storage {
                    Storage::Text => "text",
                    Storage::SmallInt => "smallint",
                };
                let chosen = chance(position, u32::try_from(values.len()).expect("few values"));
                format!("(ARRAY[{}]::{kind}[])[1 + {chosen}]", values.join(", "))
            }
            ColumnType::Json(shape) => {
                let example = document::sample(shape)
                    .expect("a document has an example")
                    .to_string();
                self.document(column, &quote_literal(&example))
            }
        }
    }

    /// A time within the months that have a partition.
    fn time(&self, column: &Column, position: usize) -> String {
        let (number, step) = match (self.spread.get(&column.name), has_few(self.table)) {
            (Some(_), true) => ("i % 2000".to_owned(), "1 hour"),
            (Some(_), false) => ("i".to_owned(), "30 seconds"),
            (None, _) => (chance(position, 200_000), "30 seconds"),
        };
        format!("date_trunc('month', now()) + ({number}) * interval '{step}'")
    }

    /// The example, with other texts where columns are generated from it.
    fn document(&self, column: &Column, example: &str) -> String {
        let start = format!("{example}::jsonb");
        let promoted = self.table.columns.iter().enumerate();
        promoted.fold(start, |document, (position, generated)| match &generated.role {
            ColumnRole::Generated(from) if from.source == column.name => {
                let number = self.number(generated, position);
                let path = from.path.join(",");
                format!(
                    "jsonb_set({document}, '{{{path}}}', to_jsonb('{} ' || {number}))",
                    generated.name
                )
            }
            _ => document,
        })
    }
}

fn has_few(table: &Table) -> bool {
    table.tenancy.has_tenant() && !has_one_row_a_tenant(table)
}

fn tenant(table: &Table) -> String {
    match table.tenancy {
        Tenancy::TenantOrGlobal => "CASE m WHEN 7 THEN '@global' ELSE 't' || m END".into(),
        _ => "'t' || m".into(),
    }
}

/// A number below `limit` that looks like chance and is the same in every run.
fn chance(position: usize, limit: u32) -> String {
    format!("((hashint8extended(i, {position}) & 1073741823) % {limit})")
}
