//! How far a consumer is, and whose events it could not take: what the database keeps of it.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::scope::{Open, Session};
use crate::tenant::TenantId;
use crate::value::Parameter;

const REGISTER: &str = "/* stellaops-db outbox register */ INSERT INTO \"stellaops\".\"outbox_consumers\" (\"relation\", \"consumer\", \"position\") VALUES ($1, $2, $3) ON CONFLICT (\"relation\", \"consumer\") DO NOTHING";
const TAKE_OVER: &str = "/* stellaops-db outbox take over */ UPDATE \"stellaops\".\"outbox_consumers\" SET \"epoch\" = \"epoch\" + 1 WHERE \"relation\" = $1 AND \"consumer\" = $2 RETURNING \"epoch\"";
const STANDING: &str = "/* stellaops-db outbox standing */ SELECT \"of\".\"position\", \"held\".\"tenant_id\", \"held\".\"position\", \"held\".\"failures\", \"held\".\"try_again_at\" <= now() FROM \"stellaops\".\"outbox_consumers\" AS \"of\" LEFT JOIN \"stellaops\".\"outbox_held_tenants\" AS \"held\" USING (\"relation\", \"consumer\") WHERE \"relation\" = $1 AND \"consumer\" = $2 AND \"of\".\"epoch\" = $3 ORDER BY \"held\".\"try_again_at\", \"held\".\"tenant_id\"";
const MOVE: &str = "/* stellaops-db outbox move */ UPDATE \"stellaops\".\"outbox_consumers\" SET \"position\" = $4, \"moved_at\" = now() WHERE \"relation\" = $1 AND \"consumer\" = $2 AND \"epoch\" = $3";
const HOLD: &str = "/* stellaops-db outbox hold */ INSERT INTO \"stellaops\".\"outbox_held_tenants\" AS \"held\" (\"relation\", \"consumer\", \"tenant_id\", \"position\", \"failures\", \"reason\", \"try_again_at\") VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 millisecond') ON CONFLICT (\"relation\", \"consumer\", \"tenant_id\") DO UPDATE SET \"position\" = excluded.\"position\", \"failures\" = excluded.\"failures\", \"reason\" = excluded.\"reason\", \"try_again_at\" = excluded.\"try_again_at\", \"held_since\" = CASE WHEN excluded.\"failures\" = 1 THEN now() ELSE \"held\".\"held_since\" END";
const ADVANCE: &str = "/* stellaops-db outbox advance */ UPDATE \"stellaops\".\"outbox_held_tenants\" SET \"position\" = $4 WHERE \"relation\" = $1 AND \"consumer\" = $2 AND \"tenant_id\" = $3";
const LET_GO: &str = "/* stellaops-db outbox let go */ DELETE FROM \"stellaops\".\"outbox_held_tenants\" WHERE \"relation\" = $1 AND \"consumer\" = $2 AND \"tenant_id\" = $3";
const FORGET: &str = "/* stellaops-db outbox forget */ DELETE FROM \"stellaops\".\"outbox_consumers\" WHERE \"relation\" = $1 AND \"consumer\" = $2";

/// The rows of one consumer, as the system's login.
#[derive(Clone)]
pub(super) struct Ledger {
    pub(super) session: Session,
    pub(super) relation: Arc<str>,
    pub(super) consumer: String,
}

/// Where a consumer stands.
pub(super) struct Standing {
    pub(super) position: i64,
    /// Those who have waited longest first.
    pub(super) held: Vec<Held>,
}

/// A tenant whose events wait.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) tenant: TenantId,
    pub(super) position: i64,
    pub(super) failures: u32,
    pub(super) is_due: bool,
}

/// What has become of a tenant's events.
pub(super) enum Change {
    /// The event behind the position failed; without a wait it is not tried again until somebody says so.
    Held {
        tenant: TenantId,
        position: i64,
        failures: u32,
        reason: String,
        wait: Option<Duration>,
    },
    /// Some of those that waited were taken.
    Advanced { tenant: TenantId, position: i64 },
    /// All that waited were taken.
    LetGo { tenant: TenantId },
}

impl Ledger {
    /// Makes the consumer known, behind that number, if it is not.
    pub(super) async fn register(&self, position: i64) -> Result<(), Error> {
        let parameters = self.with([number(position)]);
        self.session.execute(REGISTER, parameters).await.map(|_| ())
    }

    /// The number of this change of hands; none when there is no such consumer.
    pub(super) async fn take_over(&self) -> Result<Option<i64>, Error> {
        let rows = self.session.rows(TAKE_OVER, self.with([])).await?;
        Ok(rows.first().map(|row| row.try_get(0)).transpose()?)
    }

    /// Where the consumer stands; none when it has changed hands since.
    pub(super) async fn standing(&self, epoch: i64) -> Result<Option<Standing>, Error> {
        let rows = self.session.rows(STANDING, self.with([number(epoch)])).await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let held = rows.iter().map(held).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(Standing {
            position: first.try_get(0)?,
            held: held.into_iter().flatten().collect(),
        }))
    }

    /// Writes how far the consumer is now. Says no, and writes nothing, when it has changed hands since.
    pub(super) async fn save(&self, epoch: i64, position: i64, changes: Vec<Change>) -> Result<bool, Error> {
        let moved = self.with([number(epoch), number(position)]);
        if changes.is_empty() {
            return Ok(self.session.execute(MOVE, moved).await? > 0);
        }
        let (inside, open) = self.begin().await?;
        match inside.write(moved, changes).await {
            Ok(true) => open.commit().await.map(|()| true),
            // What failed says more than the rollback.
            not => {
                let _ = open.rollback().await;
                not
            }
        }
    }

    /// The same consumer, inside a transaction that begins now.
    pub(super) async fn begin(&self) -> Result<(Self, Open), Error> {
        let (session, open) = self.session.begin().await?;
        let inside = Ledger {
            session,
            ..self.clone()
        };
        Ok((inside, open))
    }

    /// Takes the consumer out, and who waits; says whether it was there.
    pub(super) async fn forget(&self) -> Result<bool, Error> {
        Ok(self.session.execute(FORGET, self.with([])).await? > 0)
    }

    async fn write(&self, moved: Vec<Parameter>, changes: Vec<Change>) -> Result<bool, Error> {
        if self.session.execute(MOVE, moved).await? == 0 {
            return Ok(false);
        }
        for change in changes {
            let (sql, parameters) = self.statement(change);
            self.session.execute(sql, parameters).await?;
        }
        Ok(true)
    }

    fn statement(&self, change: Change) -> (&'static str, Vec<Parameter>) {
        match change {
            Change::Held {
                tenant,
                position,
                failures,
                reason,
                wait,
            } => {
                let wait = wait.map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
                let failures = i32::try_from(failures).unwrap_or(i32::MAX);
                let parameters = self.with([
                    Parameter::named(&tenant),
                    number(position),
                    Parameter::Integer(Some(failures)),
                    Parameter::Text(Some(reason)),
                    Parameter::BigInt(wait),
                ]);
                (HOLD, parameters)
            }
            Change::Advanced { tenant, position } => {
                (ADVANCE, self.with([Parameter::named(&tenant), number(position)]))
            }
            Change::LetGo { tenant } => (LET_GO, self.with([Parameter::named(&tenant)])),
        }
    }

    /// The two parameters that name the consumer, and those behind them.
    pub(super) fn with<const N: usize>(&self, more: [Parameter; N]) -> Vec<Parameter> {
        let names = [&*self.relation, self.consumer.as_str()];
        let names = names.map(|name| Parameter::Text(Some(name.into())));
        names.into_iter().chain(more).collect()
    }
}

fn held(row: &PgRow) -> Result<Option<Held>, Error> {
    let Some(tenant) = row.try_get::<Option<String>, _>(1)? else {
        return Ok(None);
    };
    let failures: i32 = row.try_get(3)?;
    Ok(Some(Held {
        tenant: TenantId::stored(tenant),
        position: row.try_get(2)?,
        failures: u32::try_from(failures).unwrap_or(1),
        is_due: row.try_get::<Option<bool>, _>(4)?.unwrap_or(false),
    }))
}

pub(super) fn number(number: i64) -> Parameter {
    Parameter::BigInt(Some(number))
}
