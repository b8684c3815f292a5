//! The verbs for all tables: what a scope does with rows that have no type.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::{Clock, IdSource};
use crate::error::Error;
use crate::memory::check;
use crate::memory::list::{self, Raw};
use crate::memory::rules::Partial;
use crate::memory::tables::{Tables, Values, Writer};
use crate::memory::value::{self, RowKey};
use crate::memory::write::is_deleted;
use crate::query::select::Selection;
use crate::query::{Cursor, CursorKeys};
use crate::table::{InsertContext, TableDescriptor};
use crate::tenant::TenantId;
use crate::timestamp::Timestamp;
use crate::value::{EncodeError, Parameter};

/// What all scopes of a database have in common.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) tables: Arc<Mutex<Tables>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn IdSource>,
    pub(super) cursor_keys: CursorKeys,
}

/// A tenant, or none, and the rows.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) tenant: Option<TenantId>,
}

impl Session {
    /// The rows, for one verb. A test that panicked while it had them left them whole: what it did is undone or
    /// done.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        let tables = self.shared.tables.lock();
        tables.unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::new(self.shared.clock.now())
    }

    /// What a new row is given.
    pub(super) fn insert_context<'a>(&'a self, tenant: &'a TenantId) -> InsertContext<'a> {
        InsertContext {
            tenant,
            now: self.now(),
            ids: self.shared.ids.as_ref(),
        }
    }

    /// From now on the table is one of the database's, and references to it are looked at.
    pub(super) fn open(&self, table: &'static TableDescriptor) {
        self.tables().of(table);
    }

    /// The key of one of the scope's own rows.
    fn own_key(&self, table: &TableDescriptor, key: Vec<Parameter>) -> RowKey {
        let tenant = self.tenant.iter().filter(|_| table.has_tenant).cloned();
        let tenant = tenant.map(|tenant| value::stored(Parameter::Tenant(tenant)));
        RowKey(tenant.chain(key).collect())
    }

    /// The row of a key that is not marked as deleted; the tenant's own before one that all may read.
    pub(super) fn get(
        &self,
        table: &'static TableDescriptor,
        key: Vec<Parameter>,
    ) -> Result<Option<Values>, Error> {
        self.first(table, |row| Ok(holds(row, table.key, &key)))
    }

    /// The row with the values of a unique key.
    pub(super) fn find(
        &self,
        table: &'static TableDescriptor,
        key: usize,
        values: Vec<Result<Parameter, EncodeError>>,
    ) -> Result<Option<Values>, Error> {
        let values = values.into_iter().collect::<Result<Vec<_>, _>>()?;
        let unique = &table.unique_keys[key];
        let partial = Partial::of(unique.condition);
        self.first(table, |row| {
            Ok(holds(row, unique.columns, &values) && check::is_within(table, &partial, row)?)
        })
    }

    /// The first row that the scope can see, is not marked as deleted, and is meant.
    fn first(
        &self,
        table: &'static TableDescriptor,
        is_meant: impl Fn(&Values) -> Result<bool, Error>,
    ) -> Result<Option<Values>, Error> {
        let mut tables = self.tables();
        for row in list::visible(tables.of(table), self.tenant.as_ref()) {
            if !is_deleted(table, row) && is_meant(row)? {
                return Ok(Some(row.clone()));
            }
        }
        Ok(None)
    }

    pub(super) fn page(
        &self,
        selection: &Selection,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Raw, Error> {
        let (now, keys) = (self.now(), &self.shared.cursor_keys);
        let mut tables = self.tables();
        list::page(tables.of(selection.table), selection, now, keys, (cursor, limit))
    }

    pub(super) fn count(&self, selection: &Selection) -> Result<u64, Error> {
        let now = self.now();
        let mut tables = self.tables();
        Ok(list::selected(tables.of(selection.table), selection, now)?.len() as u64)
    }

    /// Writes: all of it, or nothing.
    pub(super) fn write<R>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let now = self.now();
        self.tables().write(now, work)
    }

    /// Changes one of the scope's own rows that `is_meant`; none when there is no such row.
    pub(super) fn change(
        &self,
        table: &'static TableDescriptor,
        key: Vec<Parameter>,
        is_meant: impl FnOnce(&[Parameter]) -> bool,
        change: impl FnOnce(&mut Vec<Parameter>),
    ) -> Result<Option<Values>, Error> {
        let key = self.own_key(table, key);
        self.write(|writer| writer.change(table, &key, is_meant, change))
    }

    /// As an update that expects a version, or none.
    pub(super) fn update(
        &self,
        table: &'static TableDescriptor,
        key: Vec<Parameter>,
        expected: Option<i64>,
        change: impl FnOnce(&mut Vec<Parameter>),
    ) -> Result<Values, Error> {
        let mut found = None;
        let is_meant = |row: &[Parameter]| {
            if is_deleted(table, row) {
                return false;
            }
            if let Some(column) = table.row_version
                && let Parameter::BigInt(version) = row[column]
            {
                found = version;
            }
            expected.is_none() || found == expected
        };
        let changed = self.change(table, key, is_meant, change)?;
        changed.ok_or(match (expected, found) {
            (Some(expected), Some(found)) => Error::VersionConflict {
                table: table.qualified,
                expected,
                found,
            },
            _ => Error::NotFound {
                table: table.qualified,
            },
        })
    }

    /// Changes a column of a row that is not marked as deleted from an expected value to a new one.
    pub(super) fn swap(
        &self,
        table: &'static TableDescriptor,
        key: Vec<Parameter>,
        (column, expected, new): (usize, Parameter, Parameter),
        patch: Vec<(usize, Parameter)>,
    ) -> Result<Option<Values>, Error> {
        let key = self.own_key(table, key);
        self.write(|writer| {
            let is_meant = |row: &[Parameter]| {
                !is_deleted(table, row) && value::equal(&row[column], &expected) == Some(true)
            };
            let rules = writer.tables.of(table).rules.clone();
            writer.change(table, &key, is_meant, |values| {
                assign(values, patch);
                rules.swap(table, column, new, values);
            })
        })
    }

    /// Takes one of the scope's own rows away; says whether there was one.
    pub(super) fn delete(&self, table: &'static TableDescriptor, key: Vec<Parameter>) -> Result<bool, Error> {
        let key = self.own_key(table, key);
        self.write(|writer| {
            let is_there = writer.tables.of(table).row(&key).is_some();
            writer.remove(table, &key)?;
            Ok(is_there)
        })
    }
}

/// Whether the columns have these values.
fn holds(row: &[Parameter], columns: &[usize], values: &[Parameter]) -> bool {
    let mut pairs = columns.iter().zip(values);
    pairs.all(|(column, value)| value::equal(&row[*column], value) == Some(true))
}

/// Sets columns.
pub(super) fn assign(values: &mut [Parameter], patch: Vec<(usize, Parameter)>) {
    for (column, value) in patch {
        values[column] = value;
    }
}
