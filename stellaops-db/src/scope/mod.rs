//! Scopes: the only ways to the rows. Each knows its tenant, or why it needs none.

mod advisory;
mod load;
mod open;
mod session;
mod store;
mod stream;
mod system;
mod system_transaction;
mod tenant;
mod to_its_end;
mod transaction;
mod unit;

use crate::repository::Repository;
use crate::table::Table;

pub use advisory::AdvisoryLock;
pub(crate) use load::Load;
pub(crate) use open::Open;
pub(crate) use session::{Login, Session};
pub use store::Store;
pub use system::SystemScope;
pub use system_transaction::SystemTransaction;
pub use tenant::TenantScope;
pub use transaction::Transaction;
pub use unit::{Isolation, UnitOfWork, WorkError};

/// What a repository comes from: the scope of a tenant, or a transaction of one.
#[diagnostic::on_unimplemented(
    message = "[SDB0701] a repository comes from a scope, and `{Self}` is none",
    label = "no tenant is known here",
    note = "open the scope of a tenant: `database.tenant(&tenant).repository::<…>()`\nrun `stellaops-db explain SDB0701`"
)]
pub trait RepositoryScope {
    /// The generic repository of a table.
    fn repository_of<T: Table>(&self) -> Repository<T>;
}
