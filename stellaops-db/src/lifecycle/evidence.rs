//! What an act leaves in `stellaops.system_access`: who reached into a tenant, why, from when to when.

use sqlx::PgConnection;
use uuid::Uuid;

use super::LifecycleError;

const OPENED: &str = "INSERT INTO stellaops.system_access (id, reason) VALUES ($1, $2)";
const CLOSED: &str =
    "UPDATE stellaops.system_access SET ended_at = clock_timestamp(), statements = $2 WHERE id = $1";

/// The row of one act.
pub(super) struct Evidence(Uuid);

impl Evidence {
    /// Written before anything is read, in a transaction of its own.
    pub(super) async fn open(connection: &mut PgConnection, reason: &str) -> Result<Self, LifecycleError> {
        let id = Uuid::now_v7();
        sqlx::query(OPENED)
            .bind(id)
            .bind(reason)
            .execute(connection)
            .await?;
        Ok(Evidence(id))
    }

    /// Written when the act is over, well or not. Without it the row says that the act runs, or that its process died.
    /// What the act failed of goes before what keeps the evidence from being written.
    pub(super) async fn close<T>(
        self,
        connection: &mut PgConnection,
        statements: usize,
        acted: Result<T, LifecycleError>,
    ) -> Result<T, LifecycleError> {
        let closed = sqlx::query(CLOSED)
            .bind(self.0)
            .bind(i64::try_from(statements).unwrap_or(i64::MAX))
            .execute(connection)
            .await;
        let done = acted?;
        closed?;
        Ok(done)
    }
}
