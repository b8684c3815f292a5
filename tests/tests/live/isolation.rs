//! Hand-written SQL of the application's login against every table of the specs: it reads, inserts,
//! updates and deletes rows of the tenant that is bound, and of no other.

use std::path::Path;

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{AssertSqlSafe, Connection, Encode, PgConnection, Postgres, Type};
use stellaops_db_spec::model::{ColumnRole, Table};
use tokio_postgres::types::ToSql;
use tokio_postgres::types::private::BytesMut;

use crate::samples::{fill, populate};
use crate::support::*;

/// A tenant as the toolkit sends it: of the domain's type.
#[derive(Debug)]
pub(crate) struct Bound(pub(crate) &'static str);

impl Type<Postgres> for Bound {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("stellaops.tenant")
    }
}

impl Encode<'_, Postgres> for Bound {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <&str as Encode<'_, Postgres>>::encode(self.0, buffer)
    }
}

impl ToSql for Bound {
    fn to_sql(
        &self,
        _: &tokio_postgres::types::Type,
        buffer: &mut BytesMut,
    ) -> Result<tokio_postgres::types::IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(tokio_postgres::types::IsNull::No)
    }

    fn accepts(declared: &tokio_postgres::types::Type) -> bool {
        declared.name() == "tenant"
    }

    tokio_postgres::types::to_sql_checked!();
}

/// The tables of the specs.
pub(crate) fn tables() -> Vec<Table> {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let database = stellaops_db_spec::load(&specs)
        .expect("the specs can be read")
        .unwrap_or_else(|report| panic!("{report}"));
    let schema = database.schemas.iter().find(|schema| schema.name == "scheduler");
    let tables = &schema.expect("there is a schema `scheduler`").tables;
    tables.to_vec()
}

/// Runs one statement in a transaction that is bound to a tenant, and undoes it.
async fn try_bound(
    connection: &mut PgConnection,
    tenant: &'static str,
    sql: &str,
) -> Result<u64, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("SELECT $1::text")
        .bind(Bound(tenant))
        .execute(&mut *transaction)
        .await?;
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut *transaction)
        .await;
    transaction.rollback().await?;
    Ok(done?.rows_affected())
}

/// `INSERT` of a copy of each visible row, as another tenant's.
fn forge(table: &Table, tenant: &str) -> String {
    let columns: Vec<_> = table
        .columns
        .iter()
        .filter(|column| !column.is_generated())
        .collect();
    let names: Vec<_> = columns.iter().map(|column| column.sql_name()).collect();
    let values: Vec<_> = columns
        .iter()
        .map(|column| match column.role {
            ColumnRole::Tenant => format!("'{tenant}'"),
            _ => column.sql_name(),
        })
        .collect();
    format!(
        "INSERT INTO {table} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {table}",
        names.join(", "),
        values.join(", "),
        table = table.sql_name()
    )
}

#[tokio::test]
async fn another_tenants_rows_are_neither_read_nor_written_in_any_table() {
    let fixture = Fixture::start().await;
    for tenant in ["a", "b"] {
        let parents = fill(&fixture.tenant(tenant), 0).await;
        populate(&fixture.tenant(tenant), &parents, 10, 13).await;
    }
    let mut connection = fixture.application().await;
    let tables = tables();
    assert_eq!(tables.len(), 10);
    for table in &tables {
        let name = table.sql_name();
        let run =
            async |connection: &mut PgConnection, sql: String| (try_bound(connection, "a", &sql).await, sql);
        let all = run(&mut connection, format!("SELECT * FROM {name}")).await.0;
        let own = format!("SELECT * FROM {name} WHERE tenant_id = 'a'");
        let own = run(&mut connection, own).await.0.expect("reads");
        assert_eq!((all.expect("reads"), own), (4, 4), "{name}");
        for sql in [
            format!("SELECT * FROM {name} WHERE tenant_id = 'b'"),
            format!("SELECT * FROM {name} WHERE tenant_id <> 'a' OR true OFFSET 4"),
            format!("SELECT * FROM {name} WHERE tenant_id LIKE 'b%'"),
        ] {
            let (seen, sql) = run(&mut connection, sql).await;
            assert_eq!(seen.expect("reads"), 0, "{sql}");
        }
        let (forged, sql) = run(&mut connection, forge(table, "b")).await;
        assert_eq!(code(forged), "42501", "{sql}");
        // Refused, whatever refuses it: nothing of another tenant is ever changed.
        for sql in [
            format!("UPDATE {name} SET created_at = created_at WHERE tenant_id = 'b'"),
            format!("DELETE FROM {name} WHERE tenant_id = 'b'"),
        ] {
            let (changed, sql) = run(&mut connection, sql).await;
            match table.append_only {
                false => assert_eq!(changed.expect("runs"), 0, "{sql}"),
                true => assert!(["42501", "SD003"].contains(&code(changed).as_str()), "{sql}"),
            }
        }
        let (moved, sql) = run(&mut connection, format!("UPDATE {name} SET tenant_id = 'b'")).await;
        assert_eq!(code(moved), "42501", "{sql}");
        let (emptied, sql) = run(&mut connection, format!("TRUNCATE {name} CASCADE")).await;
        assert_eq!(code(emptied), "42501", "{sql}");
    }
}

#[tokio::test]
async fn without_a_tenant_every_statement_on_every_table_fails() {
    let fixture = Fixture::start().await;
    fill(&fixture.tenant("a"), 0).await;
    let mut connection = fixture.application().await;
    for table in tables() {
        let name = table.sql_name();
        let mut statements = vec![
            format!("SELECT * FROM {name}"),
            format!("SELECT * FROM {name} WHERE tenant_id = 'a'"),
            forge(&table, "a"),
        ];
        if !table.append_only {
            statements.push(format!("UPDATE {name} SET created_at = created_at"));
            statements.push(format!("DELETE FROM {name}"));
        }
        for sql in statements {
            assert_eq!(code(run(&mut connection, sql.clone()).await), "SD001", "{sql}");
        }
    }
}

/// Foreign keys hold the tenant: a row of another tenant cannot be pointed at.
#[tokio::test]
async fn a_row_cannot_point_into_another_tenant() {
    use stellaops_db::Error;
    use stellaops_db::schema::scheduler::*;
    let fixture = Fixture::start().await;
    let theirs = fill(&fixture.tenant("b"), 0).await;
    let scope = fixture.tenant("a");
    let runs = scope.repository::<RunRepository>();
    refused!(
        runs.insert(Run::new_row(RunReason::Manual).schedule_id(Some(theirs.schedule.id))).await,
        Error::ForeignKeyViolation { constraint, .. } if constraint == "fk_runs_schedule_id"
    );
    let events = scope.repository::<GraphJobEventRepository>();
    let event = crate::samples::event(theirs.job.id);
    refused!(events.insert(event).await, Error::ForeignKeyViolation { .. });
}

/// Unique keys hold the tenant: whether another tenant has a value is not told.
#[tokio::test]
async fn unique_keys_do_not_tell_of_another_tenants_values() {
    use stellaops_db::schema::scheduler::*;
    let fixture = Fixture::start().await;
    let theirs = fill(&fixture.tenant("b"), 0).await;
    let schedules = fixture.tenant("a").repository::<ScheduleRepository>();
    let same = crate::samples::schedule(theirs.schedule.name.clone()).id(theirs.schedule.id);
    let row = schedules
        .insert(same)
        .await
        .expect("the name and the id are free for this tenant");
    assert_eq!((row.id, row.tenant_id), (theirs.schedule.id, tenant("a")));
    let upserted = crate::samples::schedule("mine").id(theirs.schedule.id);
    assert_eq!(
        schedules.upsert(upserted).await.expect("its own row").tenant_id,
        tenant("a")
    );
    let untouched = fixture.tenant("b").repository::<ScheduleRepository>();
    assert_eq!(
        untouched.get(theirs.schedule.id).await.expect("reads"),
        Some(theirs.schedule)
    );
}
