//! Where rows are kept, and writes that take effect whole or not at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::Error;
use crate::memory::rules::Rules;
use crate::memory::value::RowKey;
use crate::table::TableDescriptor;
use crate::tenant::TenantId;
use crate::timestamp::Timestamp;
use crate::value::Parameter;

/// The values of a row, in the order of the table's columns, those that are computed too.
pub(super) type Values = Arc<Vec<Parameter>>;

/// The tables of a database that were asked for so far, by `<schema>.<table>`.
#[derive(Debug, Default)]
pub(super) struct Tables(BTreeMap<&'static str, Relation>);

/// A table with its rows.
#[derive(Debug)]
pub(super) struct Relation {
    pub(super) table: &'static TableDescriptor,
    pub(super) rules: Arc<Rules>,
    rows: BTreeMap<RowKey, Values>,
    /// The last number that was given to a row whose key the database makes.
    identity: i64,
}

impl Tables {
    /// The table. It is there from now on, so that references to it are looked at.
    pub(super) fn of(&mut self, table: &'static TableDescriptor) -> &mut Relation {
        self.0.entry(table.qualified).or_insert_with(|| Relation {
            table,
            rules: Arc::new(Rules::of(table)),
            rows: BTreeMap::new(),
            identity: 0,
        })
    }

    /// The table of that name, if it is there.
    pub(super) fn named(&self, qualified: &str) -> Option<&Relation> {
        self.0.get(qualified)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Relation> {
        self.0.values()
    }

    /// Does what several changes are, or none of them.
    pub(super) fn write<R>(
        &mut self,
        now: Timestamp,
        work: impl FnOnce(&mut Writer<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut writer = Writer {
            tables: self,
            now,
            undo: Vec::new(),
        };
        let done = work(&mut writer);
        if done.is_err() {
            writer.undo_all();
        }
        done
    }
}

impl Relation {
    /// The key of a row, the tenant first.
    pub(super) fn key_of(&self, values: &[Parameter]) -> RowKey {
        let tenant = self.table.has_tenant.then_some(0);
        let columns = tenant.into_iter().chain(self.table.key.iter().copied());
        RowKey(columns.map(|column| values[column].clone()).collect())
    }

    pub(super) fn row(&self, key: &RowKey) -> Option<&Values> {
        self.rows.get(key)
    }

    /// The rows of a tenant by their keys; all rows of a table without tenants.
    pub(super) fn rows_of(&self, tenant: Option<&TenantId>) -> impl Iterator<Item = (&RowKey, &Values)> {
        let tenant = tenant.filter(|_| self.table.has_tenant);
        let tenant = tenant.map(|tenant| Parameter::Text(Some(tenant.as_str().to_owned())));
        let begin = RowKey(tenant.iter().cloned().collect());
        let rows = self.rows.range(begin..);
        rows.take_while(move |(key, _)| tenant.as_ref().is_none_or(|tenant| key.0.first() == Some(tenant)))
    }

    /// All rows, whosever they are.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&RowKey, &Values)> {
        self.rows.iter()
    }

    /// The next number of a key that the database makes. It is used up whatever becomes of the row.
    pub(super) fn next_identity(&mut self) -> i64 {
        self.identity += 1;
        self.identity
    }
}

/// Changes of rows that can be undone.
pub(super) struct Writer<'a> {
    pub(super) tables: &'a mut Tables,
    /// The time of the call.
    pub(super) now: Timestamp,
    /// What was there before, the last change at the end.
    undo: Vec<(&'static str, RowKey, Option<Values>)>,
}

impl Writer<'_> {
    /// Puts a row in its place, or takes it away.
    pub(super) fn set(&mut self, table: &'static TableDescriptor, key: RowKey, row: Option<Values>) {
        let rows = &mut self.tables.of(table).rows;
        let before = match row {
            Some(row) => rows.insert(key.clone(), row),
            None => rows.remove(&key),
        };
        self.undo.push((table.qualified, key, before));
    }

    fn undo_all(&mut self) {
        for (table, key, before) in self.undo.drain(..).rev() {
            let Some(relation) = self.tables.0.get_mut(table) else {
                continue;
            };
            match before {
                Some(row) => relation.rows.insert(key, row),
                None => relation.rows.remove(&key),
            };
        }
    }
}
