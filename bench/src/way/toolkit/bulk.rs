//! Many rows with the toolkit.

use stellaops_db::schema::scheduler::GraphJobRepository;
use stellaops_db::{Database, Error, TenantId};

use crate::document::Payload;
use crate::way::toolkit::new_row;

/// Inserts so many rows; the answer is how many were stored.
pub(crate) async fn insert(database: &Database, tenant: &TenantId, number: usize) -> Result<usize, Error> {
    let jobs = database.tenant(tenant).repository::<GraphJobRepository>();
    let rows = (0..number).map(|number| new_row(&Payload::numbered(number)));
    Ok(jobs.insert_many(rows).await?.inserted as usize)
}
