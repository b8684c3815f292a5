//! What a derive says of a table: data, and two short bodies.

use crate::clock::IdSource;
use crate::tenant::TenantId;
use crate::timestamp::Timestamp;
use crate::value::{DecodeError, EncodeError, Parameter, Row, Value};

/// A table, as `#[derive(Table)]` describes it.
#[derive(Debug)]
pub struct TableDescriptor {
    /// The schema.
    pub schema: &'static str,
    /// The table.
    pub name: &'static str,
    /// `<schema>.<table>`.
    pub qualified: &'static str,
    /// Whether rows carry a tenant; then `$1` of every statement is the tenant.
    pub has_tenant: bool,
    /// Whether rows of the tenant `@global` can be read as well.
    pub reads_global: bool,
    /// All columns, generated ones too. The fields come first in the order that statements select them.
    pub columns: &'static [ColumnDescriptor],
    /// How many of the columns are fields.
    pub fields: usize,
    /// The positions of the key's columns, without the tenant.
    pub key: &'static [usize],
    /// The foreign keys.
    pub references: &'static [ReferenceDescriptor],
    /// The position of the column that marks a row as deleted.
    pub soft_delete: Option<usize>,
    /// How many columns every update sets to the clock.
    pub touched: usize,
    /// Whether versions are counted, so that an update takes the expected one.
    pub counts_versions: bool,
    /// The constant SQL of each verb.
    pub statements: Statements,
}

/// A column of a [`TableDescriptor`].
#[derive(Debug)]
pub struct ColumnDescriptor {
    /// The name.
    pub name: &'static str,
    /// Whether it may be NULL.
    pub nullable: bool,
}

impl ColumnDescriptor {
    /// Generated code calls this.
    pub const fn new(name: &'static str, nullable: bool) -> Self {
        ColumnDescriptor { name, nullable }
    }
}

/// A foreign key of a [`TableDescriptor`].
#[derive(Debug)]
pub struct ReferenceDescriptor {
    /// The name of the constraint.
    pub constraint: &'static str,
    /// `<schema>.<table>` of what is pointed at.
    pub parent: &'static str,
}

/// The constant SQL of each verb; empty where the table has no such verb, which its traits say too.
#[derive(Debug)]
pub struct Statements {
    /// One row by its key.
    pub get: &'static str,
    /// Whether there is such a row.
    pub exists: &'static str,
    /// One row by each unique key, in declared order.
    pub get_by_unique: &'static [&'static str],
    /// A new row.
    pub insert: &'static str,
    /// What stands before and behind the VALUES of several new rows.
    pub insert_many: (&'static str, &'static str),
    /// How many parameters a new row has, the tenant included.
    pub inserted: usize,
    /// A new row, or a patch of the one that is there.
    pub upsert: &'static str,
    /// A patch.
    pub update: &'static str,
    /// Compare-and-swap.
    pub swaps: &'static [SwapStatement],
    /// One row away.
    pub delete: &'static str,
    /// One row marked as deleted.
    pub soft_delete: &'static str,
    /// The mark taken away.
    pub restore: &'static str,
    /// Rows of a queue.
    pub claim: &'static str,
    /// Rows past their retention away.
    pub purge: &'static str,
    /// The partitions of the next months made, and those past the retention detached.
    pub maintain_partitions: &'static str,
    /// The rows whose words fit.
    pub search: &'static str,
    /// What the hash chain is verified with.
    pub chain: Option<ChainDescriptor>,
}

/// What a hash chain is verified with.
#[derive(Debug, Clone, Copy)]
pub struct ChainDescriptor {
    /// The names of the hashed columns.
    pub columns: &'static [&'static str],
    /// All tenants that have a head or a row.
    pub tenants: &'static str,
    /// The head, and the first and last position of the rows.
    pub bounds: &'static str,
    /// Rows in their order.
    pub rows: &'static str,
}

/// The statements of compare-and-swap on one column.
#[derive(Debug)]
pub struct SwapStatement {
    /// The position of the column.
    pub column: usize,
    /// The column alone.
    pub swap: &'static str,
    /// With a patch; empty where nothing can be patched.
    pub swap_with_patch: &'static str,
}

/// A struct that is a row of a table. Derived with `#[derive(Table)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table of the specs",
    note = "derive `stellaops_db::Table` on it and name its table with `#[table(\"<schema>.<table>\")]`"
)]
pub trait Table: Sized + Send + Sync + Unpin + 'static {
    /// What names a row: the type of the key's field, a tuple of several, `()` for the registry.
    type Key: Key;
    /// Whose rows these are; decides which scope reaches them.
    type Tenancy: tenancy::Tenancy;
    /// A row to be.
    type New: NewRow<Table = Self>;
    /// A change of some columns.
    type Patch: Patch<Table = Self>;
    /// The table.
    const DESCRIPTOR: &'static TableDescriptor;

    /// Reads a row whose columns are the fields in the descriptor's order.
    ///
    /// # Errors
    /// [`DecodeError`] when the database holds something else.
    fn decode(row: &Row<'_>) -> Result<Self, DecodeError>;

    /// The value of a field, by its position.
    ///
    /// # Errors
    /// [`EncodeError`].
    fn parameter(&self, column: usize) -> Result<Parameter, EncodeError>;

    /// What names this row.
    fn key(&self) -> Self::Key;
}

/// The name of the table that an id belongs to; apart from [`Table`], so that a constant can ask it.
#[diagnostic::on_unimplemented(
    message = "[SDB0117] `{Self}` is no table, so there are no ids of it",
    label = "an id names the struct of its table",
    note = "derive `stellaops_db::Table` on it\nrun `stellaops-db explain SDB0117`"
)]
pub trait Identified {
    /// `<schema>.<table>`.
    const TABLE: &'static str;
}

/// What names a row: one value, a tuple of several, or nothing beside the tenant.
#[diagnostic::on_unimplemented(
    message = "[SDB0113] `{Self}` cannot hold a key",
    label = "the column needs another Rust type",
    note = "run `stellaops-db explain SDB0113`"
)]
pub trait Key: Clone + Send + Sync + 'static {
    /// The values in the key's order.
    ///
    /// # Errors
    /// [`EncodeError`].
    fn parameters(&self) -> Result<Vec<Parameter>, EncodeError>;
}

macro_rules! single_key {
    ($($type:ty),*) => {$(
        impl Key for $type {
            fn parameters(&self) -> Result<Vec<Parameter>, EncodeError> {
                Ok(vec![self.to_parameter()?])
            }
        }
    )*};
}

single_key!(
    uuid::Uuid,
    String,
    i16,
    i32,
    i64,
    bool,
    chrono::NaiveDate,
    Timestamp,
    Vec<u8>
);

impl<T: 'static> Key for crate::Id<T> {
    fn parameters(&self) -> Result<Vec<Parameter>, EncodeError> {
        Ok(vec![self.to_parameter()?])
    }
}

impl Key for () {
    fn parameters(&self) -> Result<Vec<Parameter>, EncodeError> {
        Ok(Vec::new())
    }
}

macro_rules! composite_key {
    ($($name:ident),*) => {
        impl<$($name: Value + Clone),*> Key for ($($name,)*) {
            #[allow(non_snake_case)]
            fn parameters(&self) -> Result<Vec<Parameter>, EncodeError> {
                let ($($name,)*) = self;
                Ok(vec![$($name.to_parameter()?),*])
            }
        }
    };
}

composite_key!(A);
composite_key!(A, B);
composite_key!(A, B, C);
composite_key!(A, B, C, D);

/// What a new row is given by the scope that inserts it.
pub struct InsertContext<'a> {
    /// The tenant of the scope.
    pub tenant: &'a TenantId,
    /// The client's clock, read once for all rows of a call.
    pub now: Timestamp,
    /// Where ids come from.
    pub ids: &'a dyn IdSource,
}

impl std::fmt::Debug for InsertContext<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("InsertContext")
            .field("tenant", self.tenant)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// A row to be: required columns given, the others with their defaults. Derived.
pub trait NewRow: Send + Sync + 'static {
    /// The table.
    type Table: Table<New = Self>;

    /// The values of the inserted columns, in the order of the INSERT.
    ///
    /// # Errors
    /// [`EncodeError`].
    fn parameters(&self, context: &InsertContext<'_>) -> Result<Vec<Parameter>, EncodeError>;
}

/// A change of some columns: each is left, set, or set to NULL. Derived.
pub trait Patch: Send + Sync + 'static {
    /// The table.
    type Table: Table<Patch = Self>;

    /// Adds each patchable column in the table's order.
    ///
    /// # Errors
    /// [`EncodeError`].
    fn columns(&self, columns: &mut PatchColumns) -> Result<(), EncodeError>;
}

/// The columns of a patch on their way to the statement: which are set, and to what.
#[derive(Debug, Default)]
pub struct PatchColumns {
    mask: Vec<bool>,
    values: Vec<Parameter>,
}

impl PatchColumns {
    /// The next column: `None` leaves it.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn column<V: Value>(&mut self, value: &Option<V>) -> Result<(), EncodeError> {
        self.mask.push(value.is_some());
        self.values.push(match value {
            Some(value) => value.to_parameter()?,
            None => V::null(),
        });
        Ok(())
    }

    /// The mask, then the values, as the statements take them.
    pub(crate) fn into_parameters(self) -> Vec<Parameter> {
        if self.mask.is_empty() {
            return Vec::new();
        }
        let mut parameters = vec![Parameter::BooleanArray(self.mask)];
        parameters.extend(self.values);
        parameters
    }
}

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

/// Whose rows a table holds, as types: which scope reaches it, and may write it, is decided by them.
pub mod tenancy {
    /// One of the four tenancies.
    pub trait Tenancy: Send + Sync + 'static {}

    /// Every row belongs to one tenant.
    #[derive(Debug)]
    pub struct Tenant;
    /// Reference data that every tenant may read and a system scope may write.
    #[derive(Debug)]
    pub struct Global;
    /// Rows of a tenant, and rows that all may read.
    #[derive(Debug)]
    pub struct TenantOrGlobal;
    /// The table of the tenants.
    #[derive(Debug)]
    pub struct Registry;

    impl Tenancy for Tenant {}
    impl Tenancy for Global {}
    impl Tenancy for TenantOrGlobal {}
    impl Tenancy for Registry {}

    /// What a tenant's repository may write.
    #[derive(Debug)]
    pub struct TenantAccess;

    /// What a system scope's repository may write.
    #[derive(Debug)]
    pub struct SystemAccess;

    /// The tenancies that a repository of this access may write.
    #[diagnostic::on_unimplemented(
        message = "[SDB0703] a table with tenancy `{T}` is not written with `{Self}`",
        label = "a tenant scope reads global tables; a system scope writes them",
        note = "open a system scope with `database.system(\"why\").await?` and ask it for the repository\nrun `stellaops-db explain SDB0703`"
    )]
    pub trait Writes<T>: Send + Sync + 'static {}
    impl Writes<Tenant> for TenantAccess {}
    impl Writes<TenantOrGlobal> for TenantAccess {}
    impl Writes<Registry> for TenantAccess {}
    impl Writes<Global> for SystemAccess {}

    /// Tables without a tenant.
    #[diagnostic::on_unimplemented(
        message = "[SDB0702] a table with tenancy `{Self}` is not reached from a system scope without naming the tenant",
        label = "these rows belong to tenants",
        note = "name the tenant: `system.tenant(&tenant).repository::<…>()`; to read across tenants, use `system.across_tenants::<…>()` with an order of `scope = \"system\"`\nrun `stellaops-db explain SDB0702`"
    )]
    pub trait WithoutTenant: Tenancy {}
    impl WithoutTenant for Global {}
}

/// Tables whose rows can change.
#[diagnostic::on_unimplemented(
    message = "[SDB0711] rows of `{Self}` never change",
    label = "the table is append-only",
    note = "insert a new row that supersedes the old one\nrun `stellaops-db explain SDB0711`"
)]
pub trait Changeable: Table {}

/// Tables whose rows can be deleted, as far as they can change at all.
#[diagnostic::on_unimplemented(
    message = "[SDB0716] rows of `{Self}` are never deleted",
    label = "the table keeps its rows",
    note = "its spec says `deletable = false`: change the row to say that it no longer counts\nrun `stellaops-db explain SDB0716`"
)]
pub trait Deletable: Table {}

/// Tables whose rows are purged when their retention is over.
#[diagnostic::on_unimplemented(
    message = "[SDB0720] `{Self}` has no retention to purge by",
    label = "nothing says how long its rows are kept",
    note = "declare `[retention]` in the spec: the column, the days and the reason; the months of a partitioned table are detached instead\nrun `stellaops-db explain SDB0720`"
)]
pub trait Purgeable: Table {}

/// Tables in partitions by month.
#[diagnostic::on_unimplemented(
    message = "[SDB0720] `{Self}` has no partitions to maintain",
    label = "the table is not partitioned",
    note = "declare `[partition]` in the spec: the column whose month decides, and the reason\nrun `stellaops-db explain SDB0720`"
)]
pub trait Partitioned: Table {}

/// Tables whose rows are chained by hashes.
#[diagnostic::on_unimplemented(
    message = "[SDB0720] `{Self}` has no hash chain to verify",
    label = "its rows are not chained",
    note = "declare `[hash_chain]` in the spec: the three columns, the table of the heads and the reason\nrun `stellaops-db explain SDB0720`"
)]
pub trait Chained: Table {}

/// Tables with columns that a patch may set.
#[diagnostic::on_unimplemented(
    message = "[SDB0709] `{Self}` has no column that a patch may set",
    note = "all its columns are set at insert, or change by verbs of their own\nrun `stellaops-db explain SDB0709`"
)]
pub trait Patchable: Changeable {}

/// Tables whose key the client makes, so that a row can be inserted or replaced in one step.
#[diagnostic::on_unimplemented(
    message = "[SDB0711] `{Self}` cannot be upserted",
    note = "its rows never change, or the database numbers them\nrun `stellaops-db explain SDB0711`"
)]
pub trait Upsertable: Changeable {}

/// Tables that count the versions of their rows.
#[diagnostic::on_unimplemented(
    message = "[SDB0714] `{Self}` counts no row versions",
    label = "no version can be expected here",
    note = "declare `row_version = \"<column>\"` in the spec, or update without an expected version\nrun `stellaops-db explain SDB0714`"
)]
pub trait Versioned: Changeable {}

/// Tables whose rows can be marked as deleted.
#[diagnostic::on_unimplemented(
    message = "[SDB0712] rows of `{Self}` are deleted for good, not marked",
    label = "the table has no soft deletion",
    note = "declare `soft_delete = \"<column>\"` in the spec, or call `delete`\nrun `stellaops-db explain SDB0712`"
)]
pub trait SoftDeletable: Changeable {}

/// Tables that are work queues.
#[diagnostic::on_unimplemented(
    message = "[SDB0710] `{Self}` is no queue",
    label = "its rows cannot be claimed",
    note = "declare `[queue]` in the spec: the status, the lease and the order\nrun `stellaops-db explain SDB0710`"
)]
pub trait Queue: Changeable {}

/// Tables with a full-text search.
#[diagnostic::on_unimplemented(
    message = "[SDB0717] `{Self}` has no search",
    label = "its rows are not found by words",
    note = "declare `[search]` in the spec of a global table: the column of words and the texts they are made from\nrun `stellaops-db explain SDB0717`"
)]
pub trait Searchable: Table {}
