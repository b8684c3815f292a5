//! Types that give what is generic the name of one table.

use crate::table::Table;

/// A repository of one table under its own name, with its finders. Derived; dereferences to
/// [`crate::Repository`].
pub trait NamedRepository: Sized {
    /// The table.
    type Table: Table;
    /// What reads the table across tenants, within a system scope.
    type AcrossTenants: NamedReader<Table = Self::Table>;

    /// Gives the generic repository its name.
    fn wrap(repository: crate::Repository<Self::Table>) -> Self;
}

/// What reads one table across tenants, with the finders that the specs say so of. Derived where there
/// are such; dereferences to [`crate::SystemReader`].
pub trait NamedReader: Sized {
    /// The table.
    type Table: Table;

    /// Gives the generic reader its name.
    fn wrap(reader: crate::SystemReader<Self::Table>) -> Self;
}
