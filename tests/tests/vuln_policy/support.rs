//! A database with both schemas, and rows that the tests build on.

use sqlx::PgConnection;
use stellaops_db::schema::policy;
use stellaops_db::schema::vuln::{
    self, Advisory, DocumentFormat, FeedOrigin, FeedSnapshot, FeedSnapshotRepository, ProvenanceKind, Source,
    SourceKind, SourceRepository,
};
use stellaops_db::testing::{FixedClock, TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db::{Config, Database, SystemScope, TenantId, TenantScope, Timestamp};

const APPLICATION: &str = "vuln_policy_app";
const SYSTEM: &str = "stellaops_system";

/// A digest of nothing in particular.
pub(crate) const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

pub(crate) struct Fixture {
    pub(crate) db: Database,
    pub(crate) clock: FixedClock,
    _database: TestDatabase,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let server = shared_server().await;
        let template =
            TemplateDatabase::prepare(server, "vuln_policy", async |connection: &mut PgConnection| {
                for schema in [vuln::SQL, policy::SQL] {
                    sqlx::raw_sql(schema).execute(&mut *connection).await?;
                }
                Ok::<(), sqlx::Error>(())
            });
        let template = template.await.expect("the schemas are applied");
        let roles = ["vuln_app", "policy_app"];
        ensure_login(server, APPLICATION, &roles, false)
            .await
            .expect("the application's login");
        ensure_login(server, SYSTEM, &[], true)
            .await
            .expect("the system's login");
        let database = template.clone_database().await.expect("a copy");
        let config = Config::from_options(database.connect_options_as(APPLICATION))
            .with_system_options(database.connect_options_as(SYSTEM))
            .with_max_connections(4);
        let clock = FixedClock::default();
        let db = Database::connect(&config).await.expect("connects");
        Fixture {
            db: db.with_clock(clock.clone()),
            clock,
            _database: database,
        }
    }

    pub(crate) fn acme(&self) -> TenantScope {
        self.db.tenant(&TenantId::new("acme").expect("a tenant"))
    }

    pub(crate) async fn system(&self) -> SystemScope {
        self.db.system("a test").await.expect("the system scope opens")
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A source, and a state of its feed.
pub(crate) async fn feed(system: &SystemScope) -> (Source, FeedSnapshot) {
    let source = Source::new_row(
        "vendor-example".into(),
        "Example".into(),
        SourceKind::Vendor,
        DocumentFormat::Csaf,
        "https://security.example.com/".into(),
        "user:operator".into(),
    );
    let sources = system.repository::<SourceRepository>();
    let source = sources.insert(source).await.expect("a source");
    let snapshot = FeedSnapshot::new_row(
        source.id,
        FeedOrigin::Publisher,
        "https://security.example.com/changes.csv".into(),
        DIGEST.into(),
        1,
    );
    let snapshots = system.repository::<FeedSnapshotRepository>();
    let snapshot = snapshots.insert(snapshot).await.expect("a feed snapshot");
    (source, snapshot)
}

/// An advisory of that key.
pub(crate) async fn advisory(system: &SystemScope, source: &Source, key: &str) -> Advisory {
    let row = Advisory::new_row(
        key.into(),
        "A heap overflow".into(),
        at("2026-03-01T12:00:00Z"),
        DIGEST.into(),
        source.id,
        key.into(),
    );
    let row = row.provenance_kind(ProvenanceKind::Merge);
    let advisories = system.repository::<vuln::AdvisoryRepository>();
    advisories.insert(row).await.expect("an advisory")
}
