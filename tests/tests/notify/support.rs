//! A database of the test's own with the tables of `notify`, and rows to begin with.

use sqlx::PgConnection;
use stellaops_db::schema::notify::*;
use stellaops_db::testing::{TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db::{Config, Database, TenantId, TenantScope, Timestamp};

const APPLICATION: &str = "notify_test_app";
const SYSTEM: &str = "stellaops_system";

/// A database with its logins; dropping it drops the database.
pub(crate) struct Fixture {
    pub(crate) db: Database,
    _database: TestDatabase,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let server = shared_server().await;
        let template = TemplateDatabase::prepare(server, "notify", async |connection: &mut PgConnection| {
            sqlx::raw_sql(SQL).execute(connection).await?;
            ensure_login(server, APPLICATION, &["notify_app"], false).await?;
            ensure_login(server, SYSTEM, &[], true).await?;
            Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
        })
        .await
        .expect("the schema is applied");
        let database = template.clone_database().await.expect("a copy");
        let config = Config::from_options(database.connect_options_as(APPLICATION))
            .with_system_options(database.connect_options_as(SYSTEM))
            .with_max_connections(4);
        Fixture {
            db: Database::connect(&config).await.expect("connects"),
            _database: database,
        }
    }

    pub(crate) fn tenant(&self, text: &str) -> TenantScope {
        self.db.tenant(&tenant(text))
    }
}

pub(crate) fn tenant(text: &str) -> TenantId {
    TenantId::new(text).expect("a tenant")
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

pub(crate) fn console(name: &str) -> NewChannel {
    Channel::new_row(
        name.into(),
        ChannelType::Console,
        name.into(),
        "user:ada".into(),
        "user:ada".into(),
    )
}

pub(crate) fn message(title: &str) -> DeliveryMessage {
    DeliveryMessage {
        title: title.into(),
        body: "The report is ready.".into(),
        format: TemplateFormat::Plain,
        plain_body: None,
        locale: None,
        severity: Severity::High,
        link: None,
        attachments: None,
    }
}

/// An alert of an event, for a channel.
pub(crate) fn alert(channel: &Channel, event: &str) -> NewDelivery {
    Delivery::new_row(
        channel.id,
        deduplication_key(&[event, &channel.id.to_string()]),
        "scanner.report.ready".into(),
        message(event),
    )
    .event_id(Some(event.into()))
}

pub(crate) fn rule(name: &str, channel: &Channel) -> NewRule {
    Rule::new_row(
        name.into(),
        vec!["scanner.report.ready".into()],
        vec![channel.id],
        "user:ada".into(),
        "user:ada".into(),
    )
}
