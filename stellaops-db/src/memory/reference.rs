//! Foreign keys, between tables that were asked for in the same database.

use crate::error::Error;
use crate::memory::rules::{OnDelete, Reference};
use crate::memory::tables::{Relation, Values, Writer};
use crate::memory::value::{self, RowKey};
use crate::table::TableDescriptor;
use crate::value::{Parameter, ParameterType};

/// What a row points at: the parent's tenant, where it has one, and the values of the parent's key. None when
/// one of them is NULL, and the row points at nothing.
fn pointed_at<'a>(
    reference: &Reference,
    row: &'a [Parameter],
    parent: &TableDescriptor,
) -> Option<Vec<&'a Parameter>> {
    let tenant = parent.has_tenant.then_some(reference.parent_tenant.unwrap_or(0));
    let columns = tenant.into_iter().chain(reference.columns.iter().copied());
    let values = columns.map(|column| &row[column]);
    let values = values.map(|value| (!ParameterType::is_null(value)).then_some(value));
    values.collect()
}

/// What rows of the parent are pointed at by, in the same order.
fn pointable<'a>(
    reference: &Reference,
    parent: &TableDescriptor,
    row: &'a [Parameter],
) -> Vec<&'a Parameter> {
    let position = |name: &String| parent.columns.iter().position(|column| column == name);
    let tenant = parent.has_tenant.then_some(0);
    let columns = tenant
        .into_iter()
        .chain(reference.parent_columns.iter().filter_map(position));
    columns.map(|column| &row[column]).collect()
}

fn are_equal(left: &[&Parameter], right: &[&Parameter]) -> bool {
    let mut pairs = left.iter().zip(right);
    left.len() == right.len() && pairs.all(|(left, right)| value::equal(left, right) == Some(true))
}

impl Writer<'_> {
    /// Every reference of a row that is new, or points elsewhere than before, finds its parent.
    pub(super) fn check_parents(
        &self,
        relation: &Relation,
        old: Option<&Values>,
        new: &[Parameter],
    ) -> Result<(), Error> {
        for reference in &relation.rules.references {
            let Some(parent) = self.tables.named(reference.parent) else {
                continue;
            };
            let Some(wanted) = pointed_at(reference, new, parent.table) else {
                continue;
            };
            let before = old.and_then(|old| pointed_at(reference, old, parent.table));
            if before.is_some_and(|before| are_equal(&before, &wanted)) {
                continue;
            }
            let mut rows = parent.rows();
            if !rows.any(|(_, row)| are_equal(&pointable(reference, parent.table, row), &wanted)) {
                return Err(Error::ForeignKeyViolation {
                    constraint: reference.constraint.to_owned(),
                    parent: Some(reference.parent),
                });
            }
        }
        Ok(())
    }

    /// Rows that point at a row which has other values now, or is gone, when it was deleted: `new` is none then.
    pub(super) fn settle_children(
        &mut self,
        parent: &'static TableDescriptor,
        old: &[Parameter],
        new: Option<&[Parameter]>,
    ) -> Result<(), Error> {
        for (child, key, place) in self.children(parent, old, new) {
            let Some(relation) = self.tables.named(child.qualified) else {
                continue;
            };
            // A row that points twice may have gone with the first of its references.
            let Some(row) = relation.row(&key).cloned() else {
                continue;
            };
            let rules = relation.rules.clone();
            let reference = &rules.references[place];
            match (&reference.on_delete, new) {
                (OnDelete::Cascade, None) => self.remove(child, &key)?,
                (OnDelete::Clear(columns), None) => {
                    let mut values = row.to_vec();
                    for column in columns {
                        values[*column] = child.null(*column);
                    }
                    for column in child.touched {
                        values[*column] = Parameter::TimestampTz(Some(self.now.utc()));
                    }
                    self.replace(child, &key, &row, values)?;
                }
                _ => {
                    return Err(Error::ForeignKeyViolation {
                        constraint: reference.constraint.to_owned(),
                        parent: None,
                    });
                }
            }
        }
        Ok(())
    }

    /// The rows that pointed at what is there no more, each with the place of its reference.
    fn children(
        &self,
        parent: &'static TableDescriptor,
        old: &[Parameter],
        new: Option<&[Parameter]>,
    ) -> Vec<(&'static TableDescriptor, RowKey, usize)> {
        let mut children = Vec::new();
        for relation in self.tables.all() {
            let references = relation.rules.references.iter().enumerate();
            for (place, reference) in references.filter(|(_, reference)| reference.parent == parent.qualified)
            {
                let was = pointable(reference, parent, old);
                let is_there = new.is_some_and(|new| are_equal(&was, &pointable(reference, parent, new)));
                if is_there {
                    continue;
                }
                let pointing = relation.rows().filter(|(_, row)| {
                    pointed_at(reference, row, parent).is_some_and(|at| are_equal(&at, &was))
                });
                children.extend(pointing.map(|(key, _)| (relation.table, key.clone(), place)));
            }
        }
        children
    }
}
