//! Rows go by COPY into a temporary table of texts, and one statement takes over those that are not there yet.

use std::fs::File;
use std::io::{BufRead as _, BufReader};

use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db_spec::model::{ColumnRole, Table};

use super::{Source, Task, take_over};
use crate::lifecycle::LifecycleError;
use crate::lifecycle::line::{Cell, Layout};
use crate::lifecycle::session::{Kind, begin};

/// How many rows, and bytes, a transaction writes.
const ROWS: u64 = 5_000;
const BYTES: usize = 8 << 20;

/// How many bytes are sent at once.
const SENT: usize = 1 << 17;

/// Writes the rows of one table.
pub(super) async fn table(
    connection: &mut PgConnection,
    task: &Task<'_>,
    source: &Source<'_>,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<(), LifecycleError> {
    let table = source.table;
    // The trigger of the chain has written its ends.
    if source.examined.rows == 0 || table.chain_of.is_some() && !task.options.as_superuser {
        return Ok(());
    }
    let path = task.folder.join(format!("{}.ndjson", table.qualified()));
    let file = File::open(&path).map_err(|cause| LifecycleError::file(&path, cause))?;
    let mut lines = BufReader::with_capacity(1 << 17, file).lines();
    let (layout, mut rows) = (Layout::of(table), 0);
    while rows < source.examined.rows {
        let mut transaction = begin(connection, Kind::Write, &task.tenant).await?;
        let first = rows;
        sqlx::raw_sql(AssertSqlSafe(staging(table)))
            .execute(&mut *transaction)
            .await?;
        let mut copy = transaction
            .copy_in_raw("COPY pg_temp.lifecycle_rows FROM STDIN")
            .await?;
        let (mut buffer, mut bytes) = (String::with_capacity(2 * SENT), 0);
        for line in lines.by_ref() {
            let line = line.map_err(|cause| LifecycleError::file(&path, cause))?;
            let changed = |fault| LifecycleError::Damaged(vec![format!("{}: {fault}", table.qualified())]);
            let mut cells = layout.read(&line).map_err(changed)?;
            rename(task, table, &layout, &mut cells);
            bytes += append(&layout, &cells, &mut buffer);
            rows += 1;
            if buffer.len() >= SENT {
                copy.send(std::mem::take(&mut buffer).into_bytes()).await?;
            }
            if !is_whole(table) && (rows - first >= ROWS || bytes >= BYTES) {
                break;
            }
        }
        copy.send(buffer.into_bytes()).await?;
        copy.finish().await?;
        if rows == first {
            let fault = format!("{} became shorter while it was read", table.qualified());
            return Err(LifecycleError::Damaged(vec![fault]));
        }
        let lines = first + 1..=rows;
        take_over::rows(&mut transaction, task, table, lines).await?;
        transaction.commit().await?;
        told(rows);
    }
    advance(connection, source).await
}

/// Whether all rows must come in one statement: some point at others of the same table, or their order is that of a chain.
pub(super) fn is_whole(table: &Table) -> bool {
    let points_at_itself = |parent: &str| parent == table.name;
    table.hash_chain.is_some()
        || table
            .references
            .iter()
            .any(|reference| points_at_itself(&reference.parent))
}

fn staging(table: &Table) -> String {
    let columns = table.fields().into_iter();
    let columns: Vec<String> = columns
        .map(|column| format!("{} text", column.sql_name()))
        .collect();
    format!(
        "CREATE TEMPORARY TABLE lifecycle_rows ({}) ON COMMIT DROP",
        columns.join(", ")
    )
}

/// The tenant's own id, and where a reference says whose the parent is.
pub(super) fn rename(task: &Task<'_>, table: &Table, layout: &Layout, cells: &mut [Cell]) {
    if !task.is_renamed() {
        return;
    }
    let parents = table
        .references
        .iter()
        .filter_map(|reference| reference.parent_tenant.as_ref());
    let names = std::iter::once("tenant_id").chain(parents.map(|column| column.name.as_str()));
    for place in names.filter_map(|name| layout.place(name)) {
        if cells[place].as_deref() == Some(task.manifest.tenant.as_str()) {
            cells[place] = Some(task.tenant.to_string());
        }
    }
}

/// Appends a row in the text form of COPY; how many bytes it has.
fn append(layout: &Layout, cells: &[Cell], buffer: &mut String) -> usize {
    let before = buffer.len();
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            buffer.push('\t');
        }
        let Some(cell) = cell else {
            buffer.push_str("\\N");
            continue;
        };
        for character in layout.columns[place].1.input(cell).chars() {
            match character {
                '\\' => buffer.push_str("\\\\"),
                '\t' => buffer.push_str("\\t"),
                '\n' => buffer.push_str("\\n"),
                '\r' => buffer.push_str("\\r"),
                character => buffer.push(character),
            }
        }
    }
    buffer.push('\n');
    buffer.len() - before
}

/// The next row of anybody gets a number behind those that came.
async fn advance(connection: &mut PgConnection, source: &Source<'_>) -> Result<(), LifecycleError> {
    let Some(greatest) = source.examined.greatest else {
        return Ok(());
    };
    for column in source
        .table
        .columns
        .iter()
        .filter(|column| column.role == ColumnRole::Identity)
    {
        const SQL: &str = "SELECT setval(sequence, $3) FROM (SELECT pg_get_serial_sequence($1, $2)::regclass AS sequence) AS of WHERE coalesce(pg_sequence_last_value(sequence), 0) < $3";
        sqlx::query(SQL)
            .bind(source.table.sql_name())
            .bind(&column.name)
            .bind(greatest)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
