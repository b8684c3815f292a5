use std::ops::Deref;

use crate::database::Database;
use crate::error::Error;
use crate::outbox::feed::descriptor;
use crate::repository::tenant_of;
use crate::scope::TenantScope;
use crate::table::Table;
use crate::tenant::TenantId;
use crate::value::{EncodeError, Parameter};

/// An event on its way to a consumer, and the scope of its tenant. Reads as the row itself.
#[derive(Debug)]
pub struct Event<T> {
    row: T,
    number: i64,
    tenant: TenantId,
    scope: TenantScope,
}

impl<T: Table> Event<T> {
    pub(super) fn new(row: T, database: &Database) -> Result<Self, Error> {
        let tenant = tenant_of(&row)?;
        Ok(Event {
            number: number_of(&row)?,
            scope: database.tenant(&tenant),
            tenant,
            row,
        })
    }

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

/// The number of an event.
pub(super) fn number_of<T: Table>(row: &T) -> Result<i64, Error> {
    let column = descriptor::<T>()?.number;
    match row.parameter(column)? {
        Parameter::BigInt(Some(number)) => Ok(number),
        _ => Err(Error::Encode(EncodeError::NoColumn { column })),
    }
}
