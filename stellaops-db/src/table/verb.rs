//! Which verbs a table has: one trait each, that says in our words why a table has it not. A derive writes
//! one type that says it of all verbs, [`Verbs`], because each trait that it implemented would be compiled
//! anew for each table.

use crate::table::Table;

/// Which verbs a table has: a truth value each, in the order of the traits below.
#[derive(Debug)]
pub struct Verbs<
    const CHANGE: bool,
    const DELETE: bool,
    const PURGE: bool,
    const PARTITION: bool,
    const CHAIN: bool,
    const PATCH: bool,
    const UPSERT: bool,
    const VERSION: bool,
    const SOFT_DELETE: bool,
    const QUEUE: bool,
    const SEARCH: bool,
    const COMPLETE: bool,
    const OUTBOX: bool,
>;

/// Verbs of which this is one; the number is its place among the values.
pub trait Has<const VERB: usize> {}

macro_rules! verbs {
    ($($number:literal $trait:ident: $($before:ident)* | $($after:ident)*;)*) => {$(
        impl<$(const $before: bool,)* $(const $after: bool,)*> Has<$number> for Verbs<$($before,)* true, $($after,)*> {}

        #[diagnostic::do_not_recommend]
        impl<T: Table> $trait for T where T::Verbs: Has<$number> {}
    )*};
}

verbs! {
    0 Changeable: | B C D E F G H I J K L M;
    1 Deletable: A | C D E F G H I J K L M;
    2 Purgeable: A B | D E F G H I J K L M;
    3 Partitioned: A B C | E F G H I J K L M;
    4 Chained: A B C D | F G H I J K L M;
    5 Patchable: A B C D E | G H I J K L M;
    6 Upsertable: A B C D E F | H I J K L M;
    7 Versioned: A B C D E F G | I J K L M;
    8 SoftDeletable: A B C D E F G H | J K L M;
    9 Queue: A B C D E F G H I | K L M;
    10 Searchable: A B C D E F G H I J | L M;
    11 Completable: A B C D E F G H I J K | M;
    12 Outbox: A B C D E F G H I J K L |;
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
pub trait Patchable: Table {}

/// Tables whose key the client makes, so that a row can be inserted or replaced in one step.
#[diagnostic::on_unimplemented(
    message = "[SDB0711] `{Self}` cannot be upserted",
    note = "its rows never change, or the database numbers them\nrun `stellaops-db explain SDB0711`"
)]
pub trait Upsertable: Table {}

/// Tables that count the versions of their rows.
#[diagnostic::on_unimplemented(
    message = "[SDB0714] `{Self}` counts no row versions",
    label = "no version can be expected here",
    note = "declare `row_version = \"<column>\"` in the spec, or update without an expected version\nrun `stellaops-db explain SDB0714`"
)]
pub trait Versioned: Table {}

/// Tables whose rows can be marked as deleted.
#[diagnostic::on_unimplemented(
    message = "[SDB0712] rows of `{Self}` are deleted for good, not marked",
    label = "the table has no soft deletion",
    note = "declare `soft_delete = \"<column>\"` in the spec, or call `delete`\nrun `stellaops-db explain SDB0712`"
)]
pub trait SoftDeletable: Table {}

/// Tables that are work queues.
#[diagnostic::on_unimplemented(
    message = "[SDB0710] `{Self}` is no queue",
    label = "its rows cannot be claimed",
    note = "declare `[queue]` in the spec: the status, the lease and the order\nrun `stellaops-db explain SDB0710`"
)]
pub trait Queue: Table {}

/// Tables with a full-text search.
#[diagnostic::on_unimplemented(
    message = "[SDB0717] `{Self}` has no search",
    label = "its rows are not found by words",
    note = "declare `[search]` in the spec of a global table: the column of words and the texts they are made from\nrun `stellaops-db explain SDB0717`"
)]
pub trait Searchable: Table {}

/// Queues whose rows are done at some time.
#[diagnostic::on_unimplemented(
    message = "[SDB0723] rows of `{Self}` are never done",
    label = "the table is no queue, or a recurring one",
    note = "give a row of a recurring queue its next time with `reschedule`, or declare `[queue]` with a `status` in the spec\nrun `stellaops-db explain SDB0723`"
)]
pub trait Completable: Table {}

/// Tables whose rows are delivered to consumers as events.
#[diagnostic::on_unimplemented(
    message = "[SDB0724] `{Self}` is no outbox",
    label = "its rows are not delivered as events",
    note = "declare `[outbox]` in the spec: the identity column that numbers the events, and the reason\nrun `stellaops-db explain SDB0724`"
)]
pub trait Outbox: Table {}
