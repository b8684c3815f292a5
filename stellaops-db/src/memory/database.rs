//! A database in memory, and its scopes.

use std::sync::Arc;

use crate::clock::{Clock, IdSource, SystemClock, UuidV7};
use crate::memory::MemoryRepository;
use crate::memory::session::{Session, Shared};
use crate::query::{CursorKey, CursorKeys};
use crate::scope::Store;
use crate::table::{Table, tenancy};
use crate::tenant::TenantId;

/// Tables in memory: see the [module](crate::memory). Cheap to clone; all clones share the rows.
#[derive(Clone)]
pub struct MemoryDatabase {
    shared: Arc<Shared>,
}

impl MemoryDatabase {
    /// A database without rows, with the machine's clock and UUIDv7.
    pub fn new() -> Self {
        MemoryDatabase {
            shared: Arc::new(Shared {
                tables: Arc::default(),
                clock: Arc::new(SystemClock),
                ids: Arc::new(UuidV7),
                cursor_keys: CursorKeys::default(),
            }),
        }
    }

    /// Takes times from this clock: those that are stored, and the one that due rows are measured by.
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with(|shared| shared.clock = Arc::new(clock))
    }

    /// Takes the ids of new rows from here.
    pub fn with_ids(self, ids: impl IdSource) -> Self {
        self.with(|shared| shared.ids = Arc::new(ids))
    }

    /// Signs cursors with the first of these keys, as
    /// [`Database::with_cursor_keys`](crate::Database::with_cursor_keys).
    pub fn with_cursor_keys(self, keys: impl IntoIterator<Item = CursorKey>) -> Self {
        self.with(|shared| shared.cursor_keys = CursorKeys(keys.into_iter().collect()))
    }

    /// The scope of a tenant.
    pub fn tenant(&self, tenant: &TenantId) -> MemoryScope {
        self.scope_of(tenant.clone())
    }

    /// The scope that writes global tables, and the rows that all tenants may read. It takes no reason, and leaves
    /// no evidence.
    pub fn system(&self) -> MemorySystemScope {
        MemorySystemScope {
            database: self.clone(),
        }
    }

    fn scope_of(&self, tenant: TenantId) -> MemoryScope {
        MemoryScope {
            session: Session {
                shared: self.shared.clone(),
                tenant: Some(tenant),
            },
        }
    }

    fn with(self, change: impl FnOnce(&mut Shared)) -> Self {
        let mut shared = Shared::clone(&self.shared);
        change(&mut shared);
        MemoryDatabase {
            shared: Arc::new(shared),
        }
    }
}

impl Default for MemoryDatabase {
    fn default() -> Self {
        MemoryDatabase::new()
    }
}

impl std::fmt::Debug for MemoryDatabase {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the rows: a row in a log is a leak.
        formatter.debug_struct("MemoryDatabase").finish_non_exhaustive()
    }
}

/// The rows of one tenant in memory. Cheap to clone.
#[derive(Clone)]
pub struct MemoryScope {
    session: Session,
}

impl MemoryScope {
    /// The repository of a table.
    pub fn repository_of<T: Table>(&self) -> MemoryRepository<T> {
        MemoryRepository::new(self.session.clone())
    }
}

impl Store for MemoryScope {
    type Rows<T: Table> = MemoryRepository<T>;

    fn rows<T: Table>(&self) -> MemoryRepository<T> {
        self.repository_of()
    }
}

impl std::fmt::Debug for MemoryScope {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("MemoryScope")
            .field("tenant", &self.session.tenant)
            .finish_non_exhaustive()
    }
}

/// Work on global tables in memory.
#[derive(Debug, Clone)]
pub struct MemorySystemScope {
    database: MemoryDatabase,
}

impl MemorySystemScope {
    /// The repository of a global table, with the verbs that write.
    pub fn repository_of<T: Table<Tenancy = tenancy::Global>>(
        &self,
    ) -> MemoryRepository<T, tenancy::SystemAccess> {
        MemoryRepository::new(Session {
            shared: self.database.shared.clone(),
            tenant: None,
        })
    }

    /// The rows of one tenant.
    pub fn tenant(&self, tenant: &TenantId) -> MemoryScope {
        self.database.tenant(tenant)
    }

    /// The rows that every tenant may read, of tables with tenancy `tenant_or_global`: the only scope that writes
    /// them.
    pub fn global_rows(&self) -> MemoryScope {
        self.database.scope_of(TenantId::global())
    }
}
