//! What a handler is given, and what it says.

use std::ops::Deref;

use crate::queue::{Held, Lease, Leased};
use crate::repository::Repository;
use crate::scope::{RepositoryScope as _, TenantScope};
use crate::table::{Completable, NamedAssignments as _, Patchable, Queue, Table, Update};
use crate::timestamp::Timestamp;
use crate::value::{EncodeError, Parameter};

/// A row that a worker holds, and the scope of its tenant. Reads as the row itself.
#[derive(Debug)]
pub struct Job<T: Table> {
    pub(super) leased: Leased<T>,
    pub(super) scope: TenantScope,
}

impl<T: Table> Job<T> {
    /// The scope of the row's tenant, by the application's login.
    pub fn scope(&self) -> &TenantScope {
        &self.scope
    }

    pub(super) fn repository(&self) -> Repository<T> {
        self.scope.repository_of()
    }
}

impl<T: Table> Deref for Job<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.leased
    }
}

impl<T: Table> Held<T> for Job<T> {
    fn lease(&self) -> &Lease<T> {
        self.leased.lease()
    }
}

/// How a handler ended its row.
#[derive(Debug)]
pub struct Done<T> {
    pub(super) end: End,
    marker: crate::column::Marker<T>,
}

#[derive(Debug)]
pub(super) enum End {
    Complete,
    With(Result<Vec<Parameter>, EncodeError>),
    At(Timestamp),
    Already,
}

impl<T: Table> Done<T> {
    /// The row is done.
    pub fn complete() -> Self
    where
        T: Completable,
    {
        Done::by(End::Complete)
    }

    /// The row is done, and this came of it: both are written together.
    pub fn with(patch: T::Assignments<Update>) -> Self
    where
        T: Completable + Patchable,
    {
        Done::by(End::With(patch.into_assignments().into_patch(T::DESCRIPTOR)))
    }

    /// The row is to be claimed again from that time on, and nothing failed; in a recurring queue, its next time.
    pub fn again_at(time: Timestamp) -> Self
    where
        T: Queue,
    {
        Done::by(End::At(time))
    }

    /// The handler has ended the row itself, best in the transaction that its work was written in.
    pub fn already() -> Self {
        Done::by(End::Already)
    }

    fn by(end: End) -> Self {
        Done {
            end,
            marker: std::marker::PhantomData,
        }
    }
}
