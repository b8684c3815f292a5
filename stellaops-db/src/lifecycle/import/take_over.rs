//! One statement takes a batch over; where the database refuses a row, the line of it is found.

use std::ops::RangeInclusive;

use sqlx::{AssertSqlSafe, Connection as _, Postgres, Transaction};
use stellaops_db_spec::model::{Column, ColumnRole, Table};

use super::{Task, write};
use crate::error::is_about_a_row;
use crate::lifecycle::LifecycleError;

/// A connection stops watching foreign keys, and everything else that triggers watch, until its transaction ends.
const WITHOUT_TRIGGERS: &str = "SET LOCAL session_replication_role = replica";

/// Takes over the rows that were staged, which stand in these lines of the table's file.
pub(super) async fn rows(
    transaction: &mut Transaction<'_, Postgres>,
    task: &Task<'_>,
    table: &Table,
    lines: RangeInclusive<u64>,
) -> Result<(), LifecycleError> {
    if task.options.as_superuser {
        sqlx::raw_sql(WITHOUT_TRIGGERS)
            .execute(&mut **transaction)
            .await?;
    }
    let mut savepoint = transaction.begin().await?;
    let taken = sqlx::raw_sql(AssertSqlSafe(insert(task, table, None)))
        .execute(&mut *savepoint)
        .await;
    match taken {
        Ok(_) => Ok(savepoint.commit().await?),
        Err(cause) if is_about_a_row(&cause) => {
            savepoint.rollback().await?;
            Err(refused(transaction, task, table, lines, cause).await?)
        }
        Err(cause) => Err(cause.into()),
    }
}

/// The line whose row is the first that the database refuses, by halves: each look takes over the rows up to one, and
/// none of it stays.
async fn refused(
    transaction: &mut Transaction<'_, Postgres>,
    task: &Task<'_>,
    table: &Table,
    lines: RangeInclusive<u64>,
    mut cause: sqlx::Error,
) -> Result<LifecycleError, LifecycleError> {
    let (before, mut taken) = (lines.start() - 1, 0);
    let mut refused = lines.end() - before;
    // The first rows of such a table may be refused for the want of the last ones.
    while !write::is_whole(table) && refused - taken > 1 {
        let middle = taken + (refused - taken) / 2;
        let mut savepoint = transaction.begin().await?;
        let tried = sqlx::raw_sql(AssertSqlSafe(insert(task, table, Some(middle))))
            .execute(&mut *savepoint)
            .await;
        let is_undone = savepoint.rollback().await.is_ok();
        match tried {
            Ok(_) if is_undone => taken = middle,
            Err(error) if is_undone && is_about_a_row(&error) => (refused, cause) = (middle, error),
            // A limit of time, or a connection that broke: why the batch was refused is known, its line is not.
            _ => break,
        }
    }
    Ok(LifecycleError::Refused {
        table: table.qualified(),
        lines: before + taken + 1..=before + refused,
        cause: Box::new(cause.into()),
    })
}

/// Of keys that are there already nothing is inserted, also where a trigger would refuse them. Of all that was staged,
/// or of the first rows.
fn insert(task: &Task<'_>, table: &Table, first: Option<u64>) -> String {
    let is_written = |column: &Column| task.options.as_superuser || column.role != ColumnRole::Chained;
    let columns: Vec<_> = table
        .fields()
        .into_iter()
        .filter(|column| is_written(column))
        .collect();
    let cast = |column: &Column| format!("given.{}::{}", column.sql_name(), column.column_type.sql());
    let names: Vec<String> = columns.iter().map(|column| column.sql_name()).collect();
    let values: Vec<String> = columns.iter().map(|column| cast(column)).collect();
    let same: Vec<String> = table
        .key
        .iter()
        .map(|column| format!("row.{} = {}", column.sql_name(), cast(column)))
        .collect();
    let is_numbered = columns.iter().any(|column| column.role == ColumnRole::Identity);
    let order = table
        .hash_chain
        .as_ref()
        .map(|chain| format!(" ORDER BY {}", cast(&chain.position)));
    format!(
        "INSERT INTO {relation} ({}) {}SELECT {} FROM {} AS given WHERE NOT EXISTS (SELECT FROM {relation} AS row WHERE {}){}",
        names.join(", "),
        if is_numbered {
            "OVERRIDING SYSTEM VALUE "
        } else {
            ""
        },
        values.join(", "),
        staged(first),
        same.join(" AND "),
        order.unwrap_or_default(),
        relation = table.sql_name(),
    )
}

/// COPY into a table that is new writes one row behind the other.
fn staged(first: Option<u64>) -> String {
    match first {
        None => "pg_temp.lifecycle_rows".into(),
        Some(first) => format!("(SELECT * FROM pg_temp.lifecycle_rows ORDER BY ctid LIMIT {first})"),
    }
}
