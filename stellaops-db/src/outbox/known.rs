//! All consumers of a database, for a tool that has no struct of their tables.

use sqlx::Row as _;
use stellaops_db_spec::statement::OutboxStatements;

use crate::error::Error;
use crate::outbox::consumer::{HeldTenant, held_from, time};
use crate::outbox::ledger::Ledger;
use crate::outbox::name::checked_name;
use crate::scope::SystemScope;
use crate::timestamp::Timestamp;

const KNOWN: &str = "/* stellaops-db outbox consumers */ SELECT \"held\".\"tenant_id\", \"held\".\"position\", \"held\".\"failures\", \"held\".\"reason\", \"held\".\"held_since\", \"held\".\"try_again_at\", \"of\".\"relation\", \"of\".\"consumer\", \"of\".\"position\", \"of\".\"moved_at\" FROM \"stellaops\".\"outbox_consumers\" AS \"of\" LEFT JOIN \"stellaops\".\"outbox_held_tenants\" AS \"held\" USING (\"relation\", \"consumer\") ORDER BY \"of\".\"relation\", \"of\".\"consumer\", \"held\".\"held_since\", \"held\".\"tenant_id\"";

/// A consumer of an outbox, as [`SystemScope::consumers`] tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownConsumer {
    /// The table whose events it is given, with its schema.
    pub table: String,
    /// Its name.
    pub name: String,
    /// It was given every event up to this number, but for those of tenants that are held.
    pub number: i64,
    /// When it moved last.
    pub moved_at: Timestamp,
    /// The tenants whose events wait, those that wait longest first.
    pub held: Vec<HeldTenant>,
}

impl SystemScope {
    /// The consumers of all outboxes, by their tables and names.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn consumers(&self) -> Result<Vec<KnownConsumer>, Error> {
        let mut known: Vec<KnownConsumer> = Vec::new();
        for row in self.session().rows(KNOWN, Vec::new()).await? {
            let (table, name): (String, String) = (row.try_get(6)?, row.try_get(7)?);
            let is_held = row.try_get::<Option<String>, _>(0)?.is_some();
            let held = is_held.then(|| held_from(&row)).transpose()?;
            match known
                .last_mut()
                .filter(|last| last.table == table && last.name == name)
            {
                Some(last) => last.held.extend(held),
                None => known.push(KnownConsumer {
                    table,
                    name,
                    number: row.try_get(8)?,
                    moved_at: time(&row, 9)?,
                    held: held.into_iter().collect(),
                }),
            }
        }
        Ok(known)
    }

    /// The greatest number of an outbox that has no struct here, by its statements from the specs; 0 where it is empty.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn last_event_by(&self, statements: &OutboxStatements) -> Result<i64, Error> {
        let rows = self
            .session()
            .built_rows(statements.last.clone(), Vec::new())
            .await?;
        Ok(rows.first().map_or(Ok(0), |row| row.try_get(0))?)
    }

    /// Forgets a consumer of that table, as [`Consumer::forget`](crate::outbox::Consumer::forget) does. Says whether
    /// there was one.
    ///
    /// # Errors
    /// [`Error::ConsumerName`], and what the database can say.
    pub async fn forget_consumer(&self, table: &str, name: &str) -> Result<bool, Error> {
        let ledger = Ledger {
            session: self.session().clone(),
            relation: table.into(),
            consumer: checked_name(name)?,
        };
        ledger.forget().await
    }
}
