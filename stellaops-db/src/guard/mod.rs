//! The boot guard: what a program's database must be before its first query. Asked once, by `Database::connect` or
//! `Database::from_pool`, as the application's own login, and of the replica, too.

mod fit;
mod foundation;
mod wall;

use std::fmt;

use sqlx::{Connection as _, PgConnection};

use crate::config::Config;
use crate::connect::ConnectError;
use crate::table::{Table, TableDescriptor};

/// A table that a program was compiled against. Tell [`Config::expecting`] of all, and a database of another shape is
/// refused when the program starts, not when a statement meets it.
///
/// ```
/// # #[cfg(feature = "scheduler")] {
/// use stellaops_db::schema::scheduler::{self, GraphJob};
/// use stellaops_db::{Config, Expected};
///
/// let config = Config::from_url("postgres://scheduler_service@localhost/stellaops")?;
/// let some = config.clone().expecting([Expected::of::<GraphJob>()]);
/// let all = config.expecting(scheduler::TABLES.iter().copied());
/// # }
/// # Ok::<(), stellaops_db::ConfigError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Expected(pub(crate) &'static TableDescriptor);

impl Expected {
    /// The table of a struct.
    pub const fn of<T: Table>() -> Self {
        Expected(T::DESCRIPTOR)
    }

    /// `<schema>.<table>`.
    pub fn table(&self) -> &'static str {
        self.0.qualified
    }
}

impl fmt::Debug for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Expected({})", self.0.qualified)
    }
}

/// Refuses a database in which a table stands open, or does not fit what was compiled.
pub(crate) async fn look(connection: &mut PgConnection, config: &Config) -> Result<(), ConnectError> {
    if let Some(reason) = &config.unguarded {
        tracing::warn!(
            reason,
            "the boot guard is off: neither policies nor the shape of tables are looked at"
        );
        return Ok(());
    }
    look_at(connection, &config.expected).await
}

/// The same, whatever a configuration says.
pub(crate) async fn look_at(
    connection: &mut PgConnection,
    expected: &[Expected],
) -> Result<(), ConnectError> {
    let mut transaction = connection.begin().await.map_err(ConnectError::of)?;
    // Expressions are printed with the schema of every name.
    let settings = "SET TRANSACTION READ ONLY; SET LOCAL search_path = ''";
    sqlx::raw_sql(settings)
        .execute(&mut *transaction)
        .await
        .map_err(ConnectError::of)?;
    let cracks = foundation::cracks(&mut transaction).await;
    let mut open = cracks.map_err(ConnectError::of)?;
    let tables = wall::open_tables(&mut transaction, expected).await;
    open.extend(tables.map_err(ConnectError::of)?);
    let differences = fit::differences(&mut transaction, expected).await;
    let differences = differences.map_err(ConnectError::of)?;
    transaction.rollback().await.map_err(ConnectError::of)?;
    match (open.as_slice(), differences.as_slice()) {
        ([], []) => Ok(()),
        ([], _) => Err(ConnectError::OtherSchema { differences }),
        _ => Err(ConnectError::Unprotected { tables: open }),
    }
}
