//! The verbs that write, without their tables' types: each in the order in which PostgreSQL looks at a row.

use std::sync::Arc;

use crate::error::Error;
use crate::memory::rules::Rules;
use crate::memory::tables::{Values, Writer};
use crate::memory::value::{self, RowKey};
use crate::memory::{check, document};
use crate::table::TableDescriptor;
use crate::value::{Parameter, ParameterType};

/// Where an edit of a document is, and what it sets.
pub(super) type DocumentChange = (usize, Vec<&'static str>, Option<Parameter>);

impl Writer<'_> {
    /// A new row, from the values that an INSERT names.
    pub(super) fn insert(
        &mut self,
        table: &'static TableDescriptor,
        inserted: Vec<Parameter>,
    ) -> Result<Values, Error> {
        let values = self.new_row(table, inserted)?;
        let relation = self.tables.of(table);
        check::values(relation, None, &values)?;
        let key = relation.key_of(&values);
        if relation.row(&key).is_some() {
            return Err(check::taken(table, table.key_constraint));
        }
        self.add(table, key, values)
    }

    /// A new row, or the patchable columns of the one with that key. None when that one is marked as deleted.
    pub(super) fn upsert(
        &mut self,
        table: &'static TableDescriptor,
        inserted: Vec<Parameter>,
    ) -> Result<Option<Values>, Error> {
        let values = self.new_row(table, inserted)?;
        let relation = self.tables.of(table);
        check::values(relation, None, &values)?;
        let key = relation.key_of(&values);
        let Some(old) = relation.row(&key).cloned() else {
            return self.add(table, key, values).map(Some);
        };
        if is_deleted(table, &old) {
            return Ok(None);
        }
        let mut new = old.to_vec();
        for column in table.patchable.iter().chain(table.touched) {
            new[*column] = values[*column].clone();
        }
        count_version(table, &mut new);
        self.replace(table, &key, &old, new).map(Some)
    }

    /// All columns of a row to be: what it was given, what the database numbers, what is computed.
    fn new_row(
        &mut self,
        table: &'static TableDescriptor,
        inserted: Vec<Parameter>,
    ) -> Result<Vec<Parameter>, Error> {
        if table.statements.chain.is_some() {
            return Err(Error::NotInMemory {
                what: format!("`{}` chains its rows by hashes", table.qualified),
            });
        }
        let mut values: Vec<Parameter> = (0..table.columns.len())
            .map(|column| table.null(column))
            .collect();
        for (column, value) in table.inserted().zip(inserted) {
            values[column] = value::stored(value);
        }
        let relation = self.tables.of(table);
        for column in table.set_by_database {
            let number = relation.next_identity();
            values[*column] = match table.types[*column] {
                ParameterType::SmallInt => Parameter::SmallInt(i16::try_from(number).ok()),
                ParameterType::Integer => Parameter::Integer(i32::try_from(number).ok()),
                _ => Parameter::BigInt(Some(number)),
            };
        }
        check::generate(relation, &mut values);
        Ok(values)
    }

    fn add(
        &mut self,
        table: &'static TableDescriptor,
        key: RowKey,
        values: Vec<Parameter>,
    ) -> Result<Values, Error> {
        check::unique(self.tables.of(table), &key, &values)?;
        let row = Arc::new(values);
        self.set(table, key, Some(row.clone()));
        if let Some(relation) = self.tables.named(table.qualified) {
            self.check_parents(relation, None, &row)?;
        }
        Ok(row)
    }

    /// Puts other values in the place of a row's.
    pub(super) fn replace(
        &mut self,
        table: &'static TableDescriptor,
        key: &RowKey,
        old: &Values,
        mut new: Vec<Parameter>,
    ) -> Result<Values, Error> {
        let relation = self.tables.of(table);
        check::generate(relation, &mut new);
        check::values(relation, Some(old), &new)?;
        check::unique(relation, key, &new)?;
        let row = Arc::new(new);
        self.set(table, key.clone(), Some(row.clone()));
        if let Some(relation) = self.tables.named(table.qualified) {
            self.check_parents(relation, Some(old), &row)?;
        }
        self.settle_children(table, old, Some(&row))?;
        Ok(row)
    }

    /// Changes the row of that key as an UPDATE does: the columns of the clock and the version too. None when there
    /// is none that `is_meant`.
    pub(super) fn change(
        &mut self,
        table: &'static TableDescriptor,
        key: &RowKey,
        is_meant: impl FnOnce(&[Parameter]) -> bool,
        change: impl FnOnce(&mut Vec<Parameter>),
    ) -> Result<Option<Values>, Error> {
        let Some(old) = self.tables.of(table).row(key).cloned() else {
            return Ok(None);
        };
        if !is_meant(&old) {
            return Ok(None);
        }
        let mut new = old.to_vec();
        change(&mut new);
        for column in table.touched {
            new[*column] = Parameter::TimestampTz(Some(self.now.utc()));
        }
        count_version(table, &mut new);
        self.replace(table, key, &old, new).map(Some)
    }

    /// Takes a row away, and what goes with it.
    pub(super) fn remove(&mut self, table: &'static TableDescriptor, key: &RowKey) -> Result<(), Error> {
        let Some(old) = self.tables.of(table).row(key).cloned() else {
            return Ok(());
        };
        self.set(table, key.clone(), None);
        self.settle_children(table, &old, None)
    }
}

impl Rules {
    /// What a swap of that column does to a row: one of a queue that is no longer running
    /// is nobody's.
    pub(super) fn swap(
        &self,
        table: &TableDescriptor,
        column: usize,
        new: Parameter,
        values: &mut [Parameter],
    ) {
        let stays = |running: &Option<String>| {
            let running = running.as_ref();
            running.is_some_and(|running| check::is_stored_as(&new, running))
        };
        if let Some((swapped, running, cleared)) = &self.lease
            && *swapped == column
            && !stays(running)
        {
            for column in cleared {
                values[*column] = table.null(*column);
            }
        }
        values[column] = new;
    }
}

/// Whether the row is marked as deleted.
pub(super) fn is_deleted(table: &TableDescriptor, row: &[Parameter]) -> bool {
    let mark = table.soft_delete.map(|column| &row[column]);
    mark.is_some_and(|mark| !ParameterType::is_null(mark))
}

/// Changes documents in place. One that is NULL stays NULL.
pub(super) fn edit(values: &mut [Parameter], changes: &[DocumentChange]) {
    for (column, path, new) in changes {
        let Parameter::Json(Some(text)) = &values[*column] else {
            continue;
        };
        let mut whole = value::document(text);
        let new = new.as_ref().map(|new| match new {
            Parameter::Json(Some(text)) => value::document(text),
            _ => serde_json::Value::Null,
        });
        document::change(&mut whole, path, new);
        values[*column] = Parameter::Json(Some(whole.to_string()));
    }
}

fn count_version(table: &TableDescriptor, values: &mut [Parameter]) {
    if let Some(column) = table.row_version
        && let Parameter::BigInt(Some(version)) = &mut values[column]
    {
        *version += 1;
    }
}
