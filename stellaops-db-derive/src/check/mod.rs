//! What was written, joined with what the spec says. Whatever leaves this module whole has a column,
//! a value or a member for every part of the type and the other way round, so that tokens can be
//! written without asking again.

mod document;
mod enumeration;
pub(crate) mod names;
mod projection;
mod query_row;
mod table;

pub(crate) use document::{Joined as JoinedDocument, document};
pub(crate) use enumeration::{Joined as JoinedEnum, enumeration};
pub(crate) use projection::projection;
pub(crate) use query_row::{ResultFields, query_row};
pub(crate) use table::{JoinedColumn, JoinedTable, table};
