//! A PostgreSQL of its own, the schema, the two logins.

use std::path::Path;

use sqlx::AssertSqlSafe;

use crate::demo::{DemoError, TENANTS};
use crate::testing::{PostgresServer, ensure_login};
use crate::{Config, Database, TenantId};

pub(super) const DATABASE: &str = "stellaops";
const APPLICATION_LOGIN: &str = "stellaops_demo";
const SYSTEM_LOGIN: &str = "stellaops_system";

/// Where the demonstration takes place.
pub(super) struct Stage {
    pub(super) server: PostgresServer,
    pub(super) database: Database,
}

pub(super) async fn provision(specs: Option<&Path>) -> Result<Stage, DemoError> {
    let schema = schema_sql(specs)?;
    let server = PostgresServer::start().await?;
    run(&server, "postgres", &[format!("CREATE DATABASE {DATABASE}")]).await?;
    run(&server, DATABASE, &schema).await?;
    ensure_login(&server, APPLICATION_LOGIN, &["scheduler_app"], false).await?;
    let config = Config::from_options(server.connect_options_as(DATABASE, APPLICATION_LOGIN))
        .with_system_options(server.connect_options_as(DATABASE, SYSTEM_LOGIN))
        .with_max_connections(4);
    let database = Database::connect(&config).await?;
    Ok(Stage { server, database })
}

/// The tenants of the demonstration.
pub(super) fn tenants() -> Vec<TenantId> {
    TENANTS.iter().map(|tenant| TenantId::stored(*tenant)).collect()
}

/// The SQL of the specs that are named, or of those that the program was built with.
fn schema_sql(specs: Option<&Path>) -> Result<Vec<String>, DemoError> {
    let Some(specs) = specs else {
        return Ok(vec![
            crate::schema::SHARED_SQL.into(),
            crate::schema::scheduler::SQL.into(),
        ]);
    };
    let folder = stellaops_db_spec::find_specs(specs)?;
    let database =
        stellaops_db_spec::load(&folder)?.map_err(|report| DemoError::Faults(report.to_string()))?;
    Ok(stellaops_db_spec::ddl::emit(&database)
        .into_iter()
        .map(|file| file.text)
        .collect())
}

async fn run(server: &PostgresServer, database: &str, statements: &[String]) -> Result<(), DemoError> {
    use sqlx::Connection as _;
    let options = server.connect_options(database);
    let mut connection = sqlx::PgConnection::connect_with(&options)
        .await
        .map_err(DemoError::Schema)?;
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement.clone()))
            .execute(&mut connection)
            .await
            .map_err(DemoError::Schema)?;
    }
    connection.close().await.map_err(DemoError::Schema)
}
