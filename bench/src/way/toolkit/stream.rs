//! All rows of a tenant, one by one, with the toolkit.

use futures_util::TryStreamExt as _;
use stellaops_db::schema::scheduler::GraphJobRepository;
use stellaops_db::{Database, Error, TenantId};

use crate::way::toolkit::newest;

/// Reads them; the answer is their number.
pub(crate) async fn read(database: &Database, tenant: &TenantId) -> Result<usize, Error> {
    let jobs = database.tenant(tenant).repository::<GraphJobRepository>();
    let mut rows = jobs.list(newest()).stream();
    let mut number = 0;
    while let Some(row) = rows.try_next().await? {
        std::hint::black_box(row);
        number += 1;
    }
    Ok(number)
}
