use std::ops::Deref;

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::database::Database;
use crate::error::Error;
use crate::outbox::feed::descriptor;
use crate::repository::decode;
use crate::scope::TenantScope;
use crate::table::Table;
use crate::tenant::TenantId;

/// An event on its way to a consumer, and the scope of its tenant. Reads as the row itself.
#[derive(Debug)]
pub struct Event<T> {
    row: T,
    number: i64,
    tenant: TenantId,
    scope: TenantScope,
}

/// An event as it was read: whose it is and its number are known even if the rest cannot be read.
pub(super) struct Arrived<T> {
    pub(super) tenant: TenantId,
    pub(super) number: i64,
    row: Result<T, Error>,
}

impl<T: Table> Arrived<T> {
    pub(super) fn of(row: &PgRow) -> Result<Self, Error> {
        Ok(Arrived {
            // The tenant is the first column of every table that has one.
            tenant: TenantId::stored(row.try_get::<String, _>(0)?),
            number: row.try_get(descriptor::<T>()?.number)?,
            row: decode(row),
        })
    }

    pub(super) fn into_event(self, database: &Database) -> Result<Event<T>, Error> {
        Ok(Event {
            row: self.row?,
            number: self.number,
            scope: database.tenant(&self.tenant),
            tenant: self.tenant,
        })
    }
}

impl<T> Event<T> {
    /// The event's number, which grows from event to event of a tenant, with gaps. A consumer that keeps the
    /// greatest one of a tenant that it has dealt with, in the transaction that deals with it, knows an event that comes
    /// again.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// The tenant.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// The scope of the event's tenant, by the application's login.
    pub fn scope(&self) -> &TenantScope {
        &self.scope
    }

    /// The row.
    pub fn into_row(self) -> T {
        self.row
    }
}

impl<T> Deref for Event<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.row
    }
}
