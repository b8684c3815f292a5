//! A table as data: what a derive writes, and the verbs read.

use stellaops_db_spec::model::quote_identifier;

use crate::table::{Direction, QueueDescriptor};
use crate::value::{Parameter, ParameterType};

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
    /// The names of all columns, generated ones too. The fields come first in the order that statements
    /// select them.
    pub columns: &'static [&'static str],
    /// Their types, as values are sent.
    pub types: &'static [ParameterType],
    /// How many of the columns are fields.
    pub fields: usize,
    /// The positions of the key's columns, without the tenant.
    pub key: &'static [usize],
    /// The name of the primary key's constraint.
    pub key_constraint: &'static str,
    /// The positions of the fields that an INSERT does not name, because the database sets them.
    pub set_by_database: &'static [usize],
    /// What a column holds that a new row assigns nothing; NULL where nothing is said here.
    pub defaults: &'static [(usize, ColumnDefault)],
    /// The positions of the columns that a patch may set, in the order of its mask.
    pub patchable: &'static [usize],
    /// The orders that indexes serve.
    pub orders: &'static [OrderDescriptor],
    /// The foreign keys.
    pub references: &'static [ReferenceDescriptor],
    /// The position of the column that marks a row as deleted.
    pub soft_delete: Option<usize>,
    /// The positions of the columns that every update sets to the clock.
    pub touched: &'static [usize],
    /// The position of the column that counts versions, so that an update takes the expected one.
    pub row_version: Option<usize>,
    /// The unique keys, in declared order.
    pub unique_keys: &'static [UniqueKeyDescriptor],
    /// What makes it a work queue.
    pub queue: Option<QueueDescriptor>,
    /// What the database holds of each row beside the types, as the text of
    /// [`RowRules`](stellaops_db_spec::row_rules::RowRules).
    pub row_rules: &'static str,
    /// The constant SQL of each verb.
    pub statements: Statements,
}

impl TableDescriptor {
    /// Of no table: what a derive leaves out is as here.
    pub const NONE: Self = TableDescriptor {
        schema: "",
        name: "",
        qualified: "",
        has_tenant: false,
        reads_global: false,
        columns: &[],
        types: &[],
        fields: 0,
        key: &[],
        key_constraint: "",
        set_by_database: &[],
        defaults: &[],
        patchable: &[],
        orders: &[],
        references: &[],
        soft_delete: None,
        touched: &[],
        row_version: None,
        unique_keys: &[],
        queue: None,
        row_rules: "",
        statements: Statements::NONE,
    };

    /// The foreign key of that column alone.
    pub(crate) fn reference(&self, position: usize) -> Option<&ReferenceDescriptor> {
        let mut references = self.references.iter();
        references.find(|reference| reference.column == Some(position))
    }

    /// `<schema>.<table>`, each part quoted.
    pub(crate) fn sql_name(&self) -> String {
        format!(
            "{}.{}",
            quote_identifier(self.schema),
            quote_identifier(self.name)
        )
    }

    /// The name of a column.
    pub fn column_name(&self, position: usize) -> &'static str {
        self.columns[position]
    }

    /// The names of columns, quoted.
    pub(crate) fn column_list(&self, positions: &[usize]) -> String {
        let names = positions
            .iter()
            .map(|position| quote_identifier(self.column_name(*position)));
        names.collect::<Vec<_>>().join(", ")
    }

    /// The positions of the columns that an INSERT names, in its order; the tenant is the first.
    pub(crate) fn inserted(&self) -> impl Iterator<Item = usize> {
        (0..self.fields).filter(|position| !self.set_by_database.contains(position))
    }

    /// NULL, of a column's type.
    pub(crate) fn null(&self, position: usize) -> Parameter {
        self.types[position].null()
    }
}

/// The default of a column: applied by the client, with the same value as in the schema's SQL.
#[derive(Debug)]
pub enum ColumnDefault {
    /// The client's clock.
    Now,
    /// An id that the client makes.
    UuidV7,
    /// A text, or a value of an enum that is stored as one.
    Text(&'static str),
    /// A small integer, or the code of an enum's value.
    SmallInt(i16),
    /// An integer.
    Integer(i32),
    /// A big integer.
    BigInt(i64),
    /// A boolean.
    Boolean(bool),
    /// Texts.
    TextArray(&'static [&'static str]),
    /// An empty list of UUIDs.
    NoUuids,
}

impl ColumnDefault {
    /// A default that is the same for every row; none of a clock or of ids.
    pub(crate) fn constant(&self) -> Option<Parameter> {
        Some(match self {
            ColumnDefault::Now | ColumnDefault::UuidV7 => return None,
            ColumnDefault::Text(text) => Parameter::Text(Some((*text).to_owned())),
            ColumnDefault::SmallInt(number) => Parameter::SmallInt(Some(*number)),
            ColumnDefault::Integer(number) => Parameter::Integer(Some(*number)),
            ColumnDefault::BigInt(number) => Parameter::BigInt(Some(*number)),
            ColumnDefault::Boolean(value) => Parameter::Boolean(Some(*value)),
            ColumnDefault::TextArray(texts) => {
                Parameter::TextArray(Some(texts.iter().map(|text| (*text).to_owned()).collect()))
            }
            ColumnDefault::NoUuids => Parameter::UuidArray(Some(Vec::new())),
        })
    }
}

/// The order that an index of the specs serves.
#[derive(Debug)]
pub struct OrderDescriptor {
    /// The index's name in the spec.
    pub name: &'static str,
    /// The positions of the pinned columns.
    pub pinned: &'static [usize],
    /// The columns of the whole order, tie-break included.
    pub order: &'static [(usize, Direction)],
    /// The SQL condition of a partial index.
    pub condition: Option<&'static str>,
}

/// A unique key of a [`TableDescriptor`].
#[derive(Debug)]
pub struct UniqueKeyDescriptor {
    /// The name in the spec.
    pub name: &'static str,
    /// The name of its constraint, or of its index where it holds for some rows only.
    pub constraint: &'static str,
    /// The positions of its columns, without the tenant.
    pub columns: &'static [usize],
    /// The SQL condition, where it holds for some rows only.
    pub condition: Option<&'static str>,
}

/// A foreign key of a [`TableDescriptor`].
#[derive(Debug)]
pub struct ReferenceDescriptor {
    /// The name of the constraint.
    pub constraint: &'static str,
    /// `<schema>.<table>` of what is pointed at.
    pub parent: &'static str,
    /// The position of the column that points, where it is one alone, at the parent's key.
    pub column: Option<usize>,
    /// The position of the column with the parent's tenant, where it can be another than the row's.
    pub parent_tenant: Option<usize>,
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
    /// Rows past their retention away.
    pub purge: &'static str,
    /// The partitions of the next months made, and those past the retention detached.
    pub maintain_partitions: &'static str,
    /// The rows whose words fit.
    pub search: &'static str,
    /// What the hash chain is verified with.
    pub chain: Option<ChainDescriptor>,
    /// What the outbox is delivered with.
    pub outbox: Option<OutboxDescriptor>,
}

impl Statements {
    /// Of a table without verbs: what a derive leaves out is as here.
    pub const NONE: Self = Statements {
        get: "",
        exists: "",
        get_by_unique: &[],
        insert: "",
        upsert: "",
        update: "",
        swaps: &[],
        delete: "",
        soft_delete: "",
        restore: "",
        purge: "",
        maintain_partitions: "",
        search: "",
        chain: None,
        outbox: None,
    };
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

/// What an outbox is delivered with.
#[derive(Debug, Clone, Copy)]
pub struct OutboxDescriptor {
    /// The position of the column that numbers the events.
    pub number: usize,
    /// The greatest number that is seen, and the transactions that write to the table.
    pub last: &'static str,
    /// Events of all tenants but some.
    pub events: &'static str,
    /// Events of one tenant.
    pub events_of_tenant: &'static str,
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
