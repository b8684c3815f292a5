use std::fmt;

use crate::table::TableDescriptor;

/// The key that another row has already, as the table's spec declares it.
///
/// ```
/// use stellaops_db::Error;
///
/// fn is_name_taken(error: &Error) -> bool {
///     matches!(error, Error::UniqueViolation { key: Some(key), .. } if key.name == Some("name"))
/// }
/// # assert!(!is_name_taken(&Error::NoTenantBound));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TakenKey {
    /// `<schema>.<table>`.
    pub table: &'static str,
    /// The name of the unique key in the spec; none for the primary key.
    pub name: Option<&'static str>,
    /// The names of its columns in declared order, without the tenant; empty where a tenant has one row.
    pub columns: Vec<&'static str>,
}

impl TakenKey {
    /// Whether it is the primary key.
    pub fn is_primary(&self) -> bool {
        self.name.is_none()
    }
}

impl fmt::Display for TakenKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(formatter, "the key `{name}`")?,
            None => formatter.write_str("the primary key")?,
        }
        write!(formatter, " of `{}`", self.table)?;
        match self.columns.is_empty() {
            true => Ok(()),
            false => write!(formatter, " ({})", self.columns.join(", ")),
        }
    }
}

impl TableDescriptor {
    /// The key whose constraint or index has that name.
    pub(crate) fn taken_key(&self, constraint: &str) -> Option<TakenKey> {
        let key = |name, columns: &[usize]| TakenKey {
            table: self.qualified,
            name,
            columns: columns
                .iter()
                .map(|position| self.column_name(*position))
                .collect(),
        };
        if constraint == self.key_constraint || self.is_key_of_partition(constraint) {
            return Some(key(None, self.key));
        }
        let mut unique = self.unique_keys.iter();
        let taken = unique.find(|unique| unique.constraint == constraint)?;
        Some(key(Some(taken.name), taken.columns))
    }

    /// PostgreSQL names the constraint of the partition, and has given it its name: `<partition>_pkey`.
    fn is_key_of_partition(&self, constraint: &str) -> bool {
        let is_partitioned = !self.statements.maintain_partitions.is_empty();
        is_partitioned && constraint.starts_with(self.name) && constraint.ends_with("_pkey")
    }
}
