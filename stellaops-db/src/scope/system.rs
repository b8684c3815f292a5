use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use stellaops_db_spec::statement::ChainStatements;

use crate::chain::{self, ChainReport};
use crate::connection::Connections;
use crate::database::Shared;
use crate::error::Error;
use crate::repository::{Repository, SystemReader};
use crate::scope::{Login, Session, SystemTransaction, TenantScope};
use crate::table::{GlobalRepository, NamedReader, NamedRepository, Table, tenancy};
use crate::tenant::TenantId;
use crate::value::{Parameter, Value};

/// Work across tenants and on global tables, as the system login. It leaves one row of evidence:
/// who, why, from when to when, how many statements.
///
/// End it with [`SystemScope::close`]. Dropped without, the end is written in the background; if the
/// program dies before, the row has no end, which says just that.
#[derive(Debug)]
pub struct SystemScope {
    session: Session,
    connections: Connections,
    statements: Arc<AtomicU64>,
    evidence: Option<Uuid>,
}

const OPENED: &str = "/* stellaops-db system_access opened */ INSERT INTO \"stellaops\".\"system_access\" (\"id\", \"reason\") VALUES ($1, $2)";
const CLOSED: &str = "/* stellaops-db system_access closed */ UPDATE \"stellaops\".\"system_access\" SET \"ended_at\" = clock_timestamp(), \"statements\" = $2 WHERE \"id\" = $1";

impl SystemScope {
    pub(crate) async fn open(shared: Arc<Shared>, reason: &str) -> Result<Self, Error> {
        let connections = shared.system.clone().ok_or(Error::NoSystemLogin)?;
        // The evidence itself is none of the statements that it counts.
        let uncounted = Login::System(Arc::default());
        let plain = Session::new(shared.clone(), connections.clone(), None, uncounted);
        let evidence = shared.ids.next();
        let parameters = vec![evidence.to_parameter()?, reason.to_string().to_parameter()?];
        plain.execute(OPENED, parameters).await?;
        let statements = Arc::new(AtomicU64::new(0));
        let login = Login::System(statements.clone());
        let session = Session::new(shared, connections.clone(), None, login);
        Ok(SystemScope {
            session,
            connections,
            statements,
            evidence: Some(evidence),
        })
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// The rows of one tenant, as the system login.
    pub fn tenant(&self, tenant: &TenantId) -> TenantScope {
        self.scope_of(tenant.clone())
    }

    /// The rows that every tenant may read, of tables with tenancy `tenant_or_global`: the only scope
    /// that writes them.
    pub fn global_rows(&self) -> TenantScope {
        self.scope_of(TenantId::global())
    }

    /// The repository of a global table, with its finders and the verbs that write.
    pub fn repository<R: GlobalRepository>(&self) -> R::WithinSystem {
        R::wrap_within_system(Repository::new(self.session.clone()))
    }

    /// The generic repository of a global table.
    pub fn repository_of<T: Table<Tenancy = tenancy::Global>>(&self) -> Repository<T, tenancy::SystemAccess> {
        Repository::new(self.session.clone())
    }

    /// Begins a transaction for several operations on global tables.
    ///
    /// # Errors
    /// [`Error::PoolTimeout`], [`Error::Connection`].
    pub async fn begin(&self) -> Result<SystemTransaction, Error> {
        SystemTransaction::begin(&self.session).await
    }

    /// Reads a table across tenants, by its orders of `scope = "system"`.
    pub fn across_tenants<R: NamedRepository>(&self) -> R::AcrossTenants {
        NamedReader::wrap(SystemReader::new(self.session.clone()))
    }

    /// A table across tenants, without its own name.
    pub(crate) fn reader_of<T: Table>(&self) -> SystemReader<T> {
        SystemReader::new(self.session.clone())
    }

    /// Verifies the hash chains of a table that has no struct here, by its statements from the specs: of one
    /// tenant, or of all. A tool's way; a service asks [`SystemReader::verify_chain`].
    ///
    /// # Errors
    /// What the database can say; a chain that is broken is no error, see [`ChainReport::fault`].
    pub async fn verify_chains_by(
        &self,
        statements: &ChainStatements,
        tenant: Option<&str>,
    ) -> Result<Vec<ChainReport>, Error> {
        let texts = statements.into();
        match tenant {
            Some(tenant) => {
                let tenant = TenantId::stored(tenant);
                Ok(vec![chain::verify(&mut &self.session, &texts, &tenant).await?])
            }
            None => chain::verify_all(&mut &self.session, &texts).await,
        }
    }

    /// Ends the scope and writes its end into the evidence.
    ///
    /// # Errors
    /// What writing the evidence can say.
    pub async fn close(mut self) -> Result<(), Error> {
        match self.evidence.take() {
            Some(id) => write_end(&self.session, id, &self.statements).await,
            None => Ok(()),
        }
    }

    fn scope_of(&self, tenant: TenantId) -> TenantScope {
        TenantScope::new(
            self.session.shared.clone(),
            self.connections.clone(),
            tenant,
            Login::System(self.statements.clone()),
        )
    }
}

impl Drop for SystemScope {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.evidence.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        let (session, statements) = (self.session.clone(), self.statements.clone());
        runtime.spawn(async move {
            if let Err(error) = write_end(&session, id, &statements).await {
                tracing::warn!(%error, "the end of a system scope could not be written");
            }
        });
    }
}

async fn write_end(session: &Session, id: Uuid, statements: &AtomicU64) -> Result<(), Error> {
    let number = i64::try_from(statements.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
    let parameters = vec![Parameter::Uuid(Some(id)), Parameter::BigInt(Some(number))];
    session.execute(CLOSED, parameters).await.map(|_| ())
}
