//! The folder, held against its manifest to the last line, before anything is written.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use stellaops_db_spec::model::{ColumnRole, Storage, Table};

use super::{Source, Task};
use crate::lifecycle::LifecycleError;
use crate::lifecycle::folder::MANIFEST;
use crate::lifecycle::line::{Cell, Layout};
use crate::lifecycle::manifest::{FORMAT, Manifest, ManifestFile, hexadecimal};
use crate::lifecycle::tables::{Tables, manifest_columns, spec_digest};

/// How many faults of one file are told.
const TOLD: usize = 20;

/// The owner of rows that everybody may read.
const EVERYBODY: &str = "@global";

/// What a file holds, as far as the database has to be ready for it.
#[derive(Debug, Default)]
pub(super) struct Examined {
    /// How many rows.
    pub(super) rows: u64,
    /// The SHA-256 of the file.
    pub(super) sha256: String,
    /// The months of the rows, `2026-11`, of a partitioned table.
    pub(super) months: BTreeSet<String>,
    /// The greatest number of an identity column.
    pub(super) greatest: Option<i64>,
    /// The least and the greatest position of a chain.
    pub(super) positions: Option<(i64, i64)>,
    /// Lines with a retired value, and its column.
    pub(super) retired: Vec<String>,
}

/// The manifest, whole.
pub(super) fn manifest(folder: &Path) -> Result<Manifest, LifecycleError> {
    let path = folder.join(MANIFEST);
    let damaged = |fault: String| LifecycleError::Damaged(vec![fault]);
    let text = match std::fs::read_to_string(&path) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            return Err(damaged(format!(
                "there is no {MANIFEST}: the export is unfinished, or none"
            )));
        }
        read => read.map_err(|cause| LifecycleError::file(&path, cause))?,
    };
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|fault| damaged(format!("{MANIFEST} cannot be read: {fault}")))?;
    if manifest.format != FORMAT {
        return Err(damaged(format!(
            "its form is {}, and {FORMAT} is known",
            manifest.format
        )));
    }
    match manifest.own_digest() == manifest.digest {
        true => Ok(manifest),
        false => Err(damaged(format!(
            "{MANIFEST} was changed: its digest is another one"
        ))),
    }
}

/// Each table with its file, read to the end. All faults of all files are told at once.
pub(super) fn all<'a>(task: &Task<'_>, tables: &Tables<'a>) -> Result<Vec<Source<'a>>, LifecycleError> {
    let mut faults = strangers(task)?;
    let is_asked = |file: &&ManifestFile| {
        let schema = file.table.split('.').next().unwrap_or_default();
        task.options.schemas.is_empty() || task.options.schemas.iter().any(|asked| asked == schema)
    };
    for file in task.manifest.files.iter().filter(is_asked) {
        if !tables.all.iter().any(|table| table.qualified() == file.table) {
            faults.push(format!("the specs have no table {} with tenants", file.table));
        }
    }
    let mut sources = Vec::new();
    for table in tables.all.iter().copied() {
        let name = table.qualified();
        let Some(file) = task.manifest.files.iter().find(|file| file.table == name) else {
            continue;
        };
        let columns = manifest_columns(table);
        if file.columns != columns || file.spec != spec_digest(&columns) {
            faults.push(format!(
                "{name} has other columns in the specs than in the export"
            ));
            continue;
        }
        let examined = examine(task, table, file, &mut faults)?;
        sources.push(Source { table, examined });
    }
    match faults.is_empty() {
        true => Ok(sources),
        false => Err(LifecycleError::Damaged(faults)),
    }
}

/// Files of lines that the manifest does not name.
fn strangers(task: &Task<'_>) -> Result<Vec<String>, LifecycleError> {
    let failed = |cause| LifecycleError::file(task.folder, cause);
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(task.folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        let is_known = task.manifest.files.iter().any(|file| file.file == name);
        if name.ends_with(".ndjson") && !is_known {
            faults.push(format!("{name} is not in the manifest"));
        }
    }
    faults.sort();
    Ok(faults)
}

fn examine(
    task: &Task<'_>,
    table: &Table,
    file: &ManifestFile,
    faults: &mut Vec<String>,
) -> Result<Examined, LifecycleError> {
    let mut examined = Examined::default();
    // A manifest leads to no file outside its folder.
    if file.file != format!("{}.ndjson", file.table) {
        faults.push(format!("{}: its file has another name", file.table));
        return Ok(examined);
    }
    let path = task.folder.join(&file.file);
    let opened = match File::open(&path) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            faults.push(format!("{} is missing", file.file));
            return Ok(examined);
        }
        opened => opened.map_err(|cause| LifecycleError::file(&path, cause))?,
    };
    let (mut reader, mut digest, mut bytes) = (BufReader::with_capacity(1 << 17, opened), Sha256::new(), 0);
    let mut own = Vec::new();
    let (layout, mut line) = (Layout::of(table), Vec::new());
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line);
        if read.map_err(|cause| LifecycleError::file(&path, cause))? == 0 {
            break;
        }
        digest.update(&line);
        bytes += line.len() as u64;
        examined.rows += 1;
        if let Err(fault) = take(task, table, &layout, &line, &mut examined) {
            own.push(format!("{}, line {}: {fault}", file.file, examined.rows));
        }
    }
    examined.sha256 = hexadecimal(&digest.finalize());
    if bytes != file.bytes || examined.rows != file.rows || examined.sha256 != file.sha256 {
        faults.push(format!(
            "{} has {} rows and {bytes} bytes, of another hash than in the manifest, which says {} rows and {} bytes",
            file.file, examined.rows, file.rows, file.bytes
        ));
    }
    if own.len() > TOLD {
        let more = own.len() - TOLD;
        own.truncate(TOLD);
        own.push(format!("{}: {more} more lines", file.file));
    }
    faults.append(&mut own);
    Ok(examined)
}

fn take(
    task: &Task<'_>,
    table: &Table,
    layout: &Layout,
    line: &[u8],
    examined: &mut Examined,
) -> Result<(), String> {
    let line = line.strip_suffix(b"\n").ok_or("it has no end")?;
    let line = std::str::from_utf8(line).map_err(|_| "it is no UTF-8")?;
    let cells = layout.read(line)?;
    let cell = |name: &str| layout.place(name).and_then(|place| cells[place].as_deref());
    if cell("tenant_id") != Some(task.manifest.tenant.as_str()) {
        return Err("it is a row of another tenant".into());
    }
    for column in table
        .references
        .iter()
        .filter_map(|reference| reference.parent_tenant.as_ref())
    {
        let of = cell(&column.name);
        if of.is_some_and(|of| of != task.manifest.tenant && of != EVERYBODY) {
            return Err(format!("`{}` is another tenant", column.name));
        }
    }
    note(table, &cells, layout, examined);
    Ok(())
}

fn note(table: &Table, cells: &[Cell], layout: &Layout, examined: &mut Examined) {
    let cell = |name: &str| layout.place(name).and_then(|place| cells[place].as_deref());
    let number = |name: &str| cell(name).and_then(|text| text.parse::<i64>().ok());
    if let Some(month) = table
        .partition
        .as_ref()
        .and_then(|partition| cell(&partition.by.name)?.get(..7))
    {
        examined.months.insert(month.to_owned());
    }
    if let Some(position) = table
        .hash_chain
        .as_ref()
        .and_then(|chain| number(&chain.position.name))
    {
        let (least, greatest) = examined.positions.unwrap_or((position, position));
        examined.positions = Some((least.min(position), greatest.max(position)));
    }
    for column in table.fields() {
        if column.role == ColumnRole::Identity {
            examined.greatest = examined.greatest.max(number(&column.name));
        }
        let Some(declared) = column.declared_enum() else {
            continue;
        };
        let is_held = |text: &str| {
            declared.retired.iter().any(|value| match declared.storage {
                Storage::Text => value.name == text,
                Storage::SmallInt => value.code.to_string() == text,
            })
        };
        if cell(&column.name).is_some_and(is_held) {
            examined.retired.push(format!(
                "line {}: its `{}` is retired",
                examined.rows, column.name
            ));
        }
    }
}
