//! What is erased of a table, and why the rest stays: from its spec.

use stellaops_db_spec::model::{Column, Reference, Table, Tenancy};
use stellaops_db_spec::statement::points;

use super::EraseOptions;

/// How many rows a transaction erases.
const BATCH: u32 = 10_000;

/// What may become of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// All are erased, but for those that rows that remain point at.
    Erased,
    /// Those past their retention are erased in the same way.
    ErasedWhenOld {
        /// The SQL of the oldest time that is still kept.
        kept_since: String,
        /// The column of the age, quoted.
        column: String,
        /// How long rows are kept.
        days: i32,
    },
    /// All stay.
    Kept(&'static str),
}

impl Fate {
    pub(super) fn of(table: &Table, options: &EraseOptions) -> Self {
        let evidence = is_evidence(table);
        match (evidence, options.with_facts, options.with_evidence) {
            (None, true, _) | (Some(_), true, true) => return Fate::Erased,
            (Some(why), true, false) => return Fate::Kept(why),
            (_, false, _) => {}
        }
        let why_never = match (evidence, table.append_only, table.deletable) {
            (Some(why), _, _) => why,
            (None, true, _) => "its rows are facts: the table is append-only",
            (None, false, false) => "its rows are never deleted",
            (None, false, true) => return Fate::Erased,
        };
        match table.purged_after().filter(|_| evidence.is_none()) {
            Some(retention) => Fate::ErasedWhenOld {
                kept_since: retention.kept_since(),
                column: retention.column.sql_name(),
                days: retention.days,
            },
            None => Fate::Kept(why_never),
        }
    }
}

/// What proves something to others than the tenant.
fn is_evidence(table: &Table) -> Option<&'static str> {
    if table.hash_chain.is_some() || table.holds_evidence() {
        Some("it is evidence: a chain of hashes")
    } else if table.tenancy == Tenancy::Registry {
        Some("the registry never gives a tenant's id to somebody else")
    } else {
        None
    }
}

/// A table with the SQL of what is erased of it. The only parameter of each statement is the tenant.
pub(super) struct Doomed<'a> {
    pub(super) table: &'a Table,
    fate: Fate,
    /// The tables whose remaining rows hold rows of this one.
    pub(super) held_by: Vec<String>,
    /// Conditions on `row`, true for rows that may go: old enough, and pointed at by no row that remains elsewhere.
    free: Vec<String>,
}

impl<'a> Doomed<'a> {
    /// `remaining` are the tables before it, of which rows may be left.
    pub(super) fn new(table: &'a Table, fate: Fate, remaining: &[&Table]) -> Self {
        let mut doomed = Doomed {
            table,
            fate,
            held_by: Vec::new(),
            free: Vec::new(),
        };
        if let Fate::ErasedWhenOld {
            kept_since, column, ..
        } = &doomed.fate
        {
            doomed.free.push(format!("row.{column} < {kept_since}"));
        }
        for child in remaining.iter().filter(|child| child.schema == table.schema) {
            for reference in child
                .references
                .iter()
                .filter(|reference| reference.parent == table.name)
            {
                doomed.free.push(format!(
                    "NOT EXISTS (SELECT FROM {} AS child WHERE {})",
                    child.sql_name(),
                    points(reference, "child", "row")
                ));
                doomed.held_by.push(child.qualified());
            }
        }
        doomed.held_by.dedup();
        doomed
    }

    /// Whether rows may be left when all is done.
    pub(super) fn may_remain(&self) -> bool {
        self.fate != Fate::Erased || !self.free.is_empty()
    }

    /// Why the rows that are left are left.
    pub(super) fn why(&self) -> String {
        let held = || format!("rows of {} that remain point at them", self.held_by.join(", "));
        match &self.fate {
            Fate::Kept(why) => (*why).to_owned(),
            Fate::Erased => held(),
            Fate::ErasedWhenOld { days, .. } if self.held_by.is_empty() => {
                format!("its rows are kept for {days} days")
            }
            Fate::ErasedWhenOld { days, .. } => format!("its rows are kept for {days} days, or {}", held()),
        }
    }

    /// Whether a batch is one of several. Rows that point at rows of their own table go in one statement, which the
    /// server checks when all are gone.
    pub(super) fn is_batched(&self) -> bool {
        self.own_references().next().is_none()
    }

    /// Erases the next rows; none where all stay.
    pub(super) fn batch(&self) -> Option<String> {
        if matches!(self.fate, Fate::Kept(_)) {
            return None;
        }
        let relation = self.table.sql_name();
        if !self.is_batched() {
            let (with, condition) = self.closure();
            return Some(format!("{with}DELETE FROM {relation} AS row WHERE {condition}"));
        }
        let condition = self.condition();
        // A row of a partitioned table is not known by its place alone.
        let place = match self.table.partition {
            None => "ctid".to_owned(),
            Some(_) => format!("({})", names(&self.table.key, "")),
        };
        let found = match self.table.partition {
            None => format!("ARRAY(SELECT row.ctid FROM {relation} AS row WHERE {condition} LIMIT {BATCH})"),
            Some(_) => format!(
                "SELECT {} FROM {relation} AS row WHERE {condition} LIMIT {BATCH}",
                names(&self.table.key, "row.")
            ),
        };
        Some(match self.table.partition {
            None => format!("DELETE FROM {relation} WHERE tenant_id = $1 AND {place} = ANY ({found})"),
            Some(_) => format!("DELETE FROM {relation} WHERE tenant_id = $1 AND {place} IN ({found})"),
        })
    }

    /// Counts the rows that should be gone.
    pub(super) fn left_over(&self) -> Option<String> {
        if matches!(self.fate, Fate::Kept(_)) {
            return None;
        }
        let (with, condition) = match self.is_batched() {
            true => (String::new(), self.condition()),
            false => self.closure(),
        };
        Some(format!(
            "{with}SELECT count(*) FROM {} AS row WHERE {condition}",
            self.table.sql_name()
        ))
    }

    fn condition(&self) -> String {
        let tenant = std::iter::once("row.tenant_id = $1".to_owned());
        tenant
            .chain(self.free.iter().cloned())
            .collect::<Vec<_>>()
            .join(" AND ")
    }

    fn own_references(&self) -> impl Iterator<Item = &Reference> {
        let references = self.table.references.iter();
        references.filter(|reference| reference.parent == self.table.name)
    }

    /// Rows that stay hold the rows of their own table that they point at, and those that these point at.
    fn closure(&self) -> (String, String) {
        if self.free.is_empty() {
            return (String::new(), self.condition());
        }
        let relation = self.table.sql_name();
        let (key, of_row) = (names(&self.table.key, ""), names(&self.table.key, "row."));
        let points: Vec<String> = self
            .own_references()
            .map(|reference| format!("({})", points(reference, "child", "row")))
            .collect();
        let same = |one: &str, other: &str| {
            let pairs = self.table.key.iter().map(|column| {
                let name = column.sql_name();
                format!("{one}.{name} = {other}.{name}")
            });
            pairs.collect::<Vec<_>>().join(" AND ")
        };
        let with = format!(
            "WITH RECURSIVE kept ({key}) AS (SELECT {of_row} FROM {relation} AS row WHERE row.tenant_id = $1 AND NOT ({}) \
             UNION SELECT {of_row} FROM kept JOIN {relation} AS child ON {} JOIN {relation} AS row ON {} WHERE row.tenant_id = $1) ",
            self.free.join(" AND "),
            same("child", "kept"),
            points.join(" OR ")
        );
        let condition = format!(
            "row.tenant_id = $1 AND NOT EXISTS (SELECT FROM kept WHERE {})",
            same("kept", "row")
        );
        (with, condition)
    }
}

fn names(columns: &[std::sync::Arc<Column>], prefix: &str) -> String {
    let names = columns
        .iter()
        .map(|column| format!("{prefix}{}", column.sql_name()));
    names.collect::<Vec<_>>().join(", ")
}
