//! Types that give what is generic the name of one table.

use crate::table::{Table, tenancy};

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

/// A repository of a global table, which a system scope gives as well: with the same finders, and with the
/// verbs that write. Derived.
#[diagnostic::on_unimplemented(
    message = "[SDB0702] a system scope has no `{Self}` without naming the tenant",
    label = "these rows belong to tenants",
    note = "name the tenant: `system.tenant(&tenant).repository::<…>()`; to read across tenants, use `system.across_tenants::<…>()` with an order of `scope = \"system\"`\nrun `stellaops-db explain SDB0702`"
)]
pub trait GlobalRepository: NamedRepository {
    /// The repository within a system scope.
    type WithinSystem;

    /// Gives the generic repository of a system scope its name.
    fn wrap_within_system(
        repository: crate::Repository<Self::Table, tenancy::SystemAccess>,
    ) -> Self::WithinSystem;
}

/// What reads one table across tenants, with the finders that the specs say so of. Derived where there
/// are such; dereferences to [`crate::SystemReader`].
pub trait NamedReader: Sized {
    /// The table.
    type Table: Table;

    /// Gives the generic reader its name.
    fn wrap(reader: crate::SystemReader<Self::Table>) -> Self;
}
