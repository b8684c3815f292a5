//! From lines to rows: in constant memory, in one transaction, in batches of the toolkit's choice.

use std::future::ready;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use futures_util::stream::{BoxStream, StreamExt as _};
use stellaops_db::bulk::{OnConflict, try_from_stream};
use stellaops_db::schema::vuln::{
    DocumentFormat, KevFlagRepository, NewKevFlag, Source, SourceKind, SourceRepository,
};
use stellaops_db::{Error, Id, SystemScope, Timestamp};

use crate::feed::Entry;

/// A catalogue, and the edition of it that is read.
#[derive(Debug, Clone)]
pub struct Catalogue {
    pub(super) source_id: Id<Source>,
    pub(super) edition: Timestamp,
    pub(super) provenance: String,
}

/// How far an import has come. Until it ends nothing of it has taken effect.
#[derive(Debug, Clone, Copy)]
pub struct SoFar {
    /// Bytes of the feed that were read.
    pub bytes: u64,
    /// Rows that are dealt with.
    pub rows: u64,
    /// Lines that were refused.
    pub refused: u64,
}

/// What an import did.
#[derive(Debug)]
pub struct Imported {
    /// Entries that are new.
    pub inserted: u64,
    /// Entries that say something else than before.
    pub updated: u64,
    /// Entries that are as they were: they were not written.
    pub unchanged: u64,
    /// Lines that were refused, in the order of the feed.
    pub refused: Vec<RefusedLine>,
}

/// A line that is no entry.
#[derive(Debug, PartialEq, Eq)]
pub struct RefusedLine {
    /// Its number, from one.
    pub number: u64,
    /// Why.
    pub reason: String,
}

/// What is known of lines while they are read.
#[derive(Default)]
struct Reading {
    bytes: AtomicU64,
    unread: Mutex<Unread>,
}

/// Lines that gave no row, which is all that is kept of a feed.
#[derive(Default)]
struct Unread {
    /// The numbers of all of them, empty lines too.
    numbers: Vec<u64>,
    refused: Vec<RefusedLine>,
}

impl Catalogue {
    /// The catalogue of that key and address; it is added to the sources if it is not there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn of(
        system: &SystemScope,
        key: &str,
        address: &str,
        edition: NaiveDate,
    ) -> Result<Self, Error> {
        let sources = system.repository::<SourceRepository>();
        let (kind, format) = (SourceKind::ExploitCatalog, DocumentFormat::KevJson);
        let row = Source::new_row(key.into(), key.into(), kind, format, address.into(), "import".into());
        sources.upsert_many([row]).on_conflict(OnConflict::skip().by(Source::UNIQUE_KEY)).await?;
        let source = sources.get_by_key(key).await?.ok_or(Error::NotFound { table: "vuln.sources" })?;
        let edition_begins = edition.and_time(chrono::NaiveTime::MIN).and_utc();
        let provenance = format!("{} {edition}", source.base_url);
        Ok(Catalogue { source_id: source.id, edition: Timestamp::new(edition_begins), provenance })
    }

    /// Imports a feed: all entries that can be, or nothing when the feed or the database fails.
    ///
    /// # Errors
    /// [`Error::Source`] when the feed cannot be read on; what the database says.
    pub async fn import(
        &self,
        system: &SystemScope,
        lines: BoxStream<'static, io::Result<Vec<u8>>>,
        mut tell: impl FnMut(SoFar) + Send,
    ) -> Result<Imported, Error> {
        let reading = Reading::default();
        let rows = lines.enumerate().filter_map(|(index, line)| {
            ready(line.map(|line| self.row(&reading, index as u64 + 1, &line)).transpose())
        });
        let flags = system.repository::<KevFlagRepository>();
        let report = flags
            .upsert_many(try_from_stream(rows))
            .keep_going()
            .progress(|so_far| tell(reading.so_far(so_far.done, so_far.refused)))
            .await?;
        let (inserted, updated, unchanged) = (report.inserted, report.updated, report.unchanged);
        let refused = report.refused.into_iter().map(|row| (row.position, row.reason.to_string()));
        Ok(Imported { inserted, updated, unchanged, refused: reading.into_refused(refused) })
    }

    /// The row of a line, if it gives one.
    fn row(&self, reading: &Reading, number: u64, line: &[u8]) -> Option<NewKevFlag> {
        reading.bytes.fetch_add(line.len() as u64 + 1, Ordering::Relaxed);
        let is_empty = line.trim_ascii().is_empty();
        let reason = match Entry::read(line) {
            Ok(entry) => return Some(entry.into_row(self)),
            Err(reason) => reason,
        };
        let mut unread = reading.unread.lock().unwrap_or_else(PoisonError::into_inner);
        unread.numbers.push(number);
        if !is_empty {
            unread.refused.push(RefusedLine { number, reason });
        }
        None
    }
}

impl Reading {
    fn so_far(&self, rows: u64, refused: u64) -> SoFar {
        let unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = refused + unread.refused.len() as u64;
        SoFar { bytes: self.bytes.load(Ordering::Relaxed), rows, refused }
    }

    /// All refused lines: those that could not be read, and those whose rows the database refused, which are known
    /// by their positions among the rows.
    fn into_refused(self, rows: impl Iterator<Item = (u64, String)>) -> Vec<RefusedLine> {
        let Unread { numbers, mut refused } =
            self.unread.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut unread = numbers.into_iter().peekable();
        let mut passed = 0;
        for (position, reason) in rows {
            while unread.next_if(|number| *number <= position + 1 + passed).is_some() {
                passed += 1;
            }
            refused.push(RefusedLine { number: position + 1 + passed, reason });
        }
        refused.sort_by_key(|line| line.number);
        refused
    }
}
