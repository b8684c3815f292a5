//! What is there now, read again and held against the export, in one snapshot.

use std::fs::File;
use std::io::{BufRead as _, BufReader};

use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use stellaops_db_spec::model::{ColumnRole, Table};

use super::write::rename;
use super::{Comparison, Imported, ImportedTable, Source, Task};
use crate::lifecycle::LifecycleError;
use crate::lifecycle::astray::astray;
use crate::lifecycle::export::each_row;
use crate::lifecycle::line::{Cell, Layout};
use crate::lifecycle::manifest::hexadecimal;
use crate::lifecycle::session::{Kind, begin};

pub(super) async fn all(
    connection: &mut PgConnection,
    task: &Task<'_>,
    sources: &[Source<'_>],
) -> Result<Imported, LifecycleError> {
    let mut snapshot = begin(connection, Kind::Snapshot, &task.tenant).await?;
    let database = sqlx::query_scalar("SELECT current_database()::text")
        .fetch_one(&mut *snapshot)
        .await?;
    let (mut tables, mut faults) = (Vec::new(), Vec::new());
    for source in sources {
        let blank = remade(task, source.table);
        let expected = match blank.is_empty() && !task.is_renamed() {
            true => source.examined.sha256.clone(),
            false => of_file(task, source.table, &blank)?,
        };
        let (rows, found) = of_table(&mut snapshot, task, source.table, &blank).await?;
        let name = source.table.qualified();
        if found != expected {
            faults.push(format!(
                "{name} has {rows} rows, and the export {}; their hashes differ",
                source.examined.rows
            ));
        }
        tables.push(ImportedTable {
            table: name,
            rows,
            comparison: match blank.is_empty() {
                true => Comparison::Identical,
                false => Comparison::IdenticalButForTheChain,
            },
        });
    }
    for astray in astray(
        &mut snapshot,
        sources.iter().map(|source| source.table),
        &task.tenant,
    )
    .await?
    {
        faults.push(format!(
            "{}: {} rows break {}",
            astray.table, astray.rows, astray.constraint
        ));
    }
    snapshot.rollback().await?;
    match faults.is_empty() {
        true => Ok(Imported {
            database,
            tenant: task.tenant.to_string(),
            digest: task.manifest.digest.clone(),
            tables,
        }),
        false => Err(LifecycleError::Differs(faults)),
    }
}

/// The columns that triggers give anew: the hashes of a renamed tenant, and when the end of its chain was moved.
fn remade(task: &Task<'_>, table: &Table) -> Vec<usize> {
    if task.options.as_superuser {
        return Vec::new();
    }
    let is_hash = |name: &str| match &table.hash_chain {
        Some(chain) => name == chain.previous.name || name == chain.hash.name,
        None => table.chain_of.is_some() && name == "hash",
    };
    let fields = table.fields().into_iter().enumerate();
    let remade = fields.filter(|(_, column)| {
        task.is_renamed() && is_hash(&column.name)
            || table.chain_of.is_some() && column.role == ColumnRole::Touched
    });
    remade.map(|(place, _)| place).collect()
}

fn of_file(task: &Task<'_>, table: &Table, blank: &[usize]) -> Result<String, LifecycleError> {
    let path = task.folder.join(format!("{}.ndjson", table.qualified()));
    let failed = |cause| LifecycleError::file(&path, cause);
    let (layout, mut digest) = (Layout::of(table), Sha256::new());
    for line in BufReader::new(File::open(&path).map_err(failed)?).lines() {
        let changed = |fault| LifecycleError::Damaged(vec![format!("{}: {fault}", table.qualified())]);
        let mut cells: Vec<Cell> = layout.read(&line.map_err(failed)?).map_err(changed)?;
        rename(task, table, &layout, &mut cells);
        let mut texts: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
        digest.update(line_without(&layout, &mut texts, blank)?);
    }
    Ok(hexadecimal(&digest.finalize()))
}

async fn of_table(
    connection: &mut PgConnection,
    task: &Task<'_>,
    table: &Table,
    blank: &[usize],
) -> Result<(u64, String), LifecycleError> {
    let (layout, mut digest) = (Layout::of(table), Sha256::new());
    let rows = each_row(connection, table, &task.tenant, &mut |cells, _| {
        digest.update(line_without(&layout, &mut cells.to_vec(), blank)?);
        Ok(())
    })
    .await?;
    Ok((rows, hexadecimal(&digest.finalize())))
}

fn line_without(
    layout: &Layout,
    cells: &mut [Option<&str>],
    blank: &[usize],
) -> Result<String, LifecycleError> {
    for place in blank {
        cells[*place] = None;
    }
    let mut line = String::new();
    layout
        .write(cells, &mut line)
        .map_err(|fault| LifecycleError::Misfit(vec![fault]))?;
    line.push('\n');
    Ok(line)
}
