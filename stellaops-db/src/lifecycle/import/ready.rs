//! Whether the database can take the tenant: everything that would stop the import half-way, told at once.

use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db_spec::model::{ColumnRole, Database, Table, name, quote_identifier, quote_literal};

use super::journal::Journal;
use super::{Source, Task};
use crate::lifecycle::LifecycleError;
use crate::lifecycle::manifest::Need;

/// The months of which no partition is there. Parameters: the table, the months.
const MISSING_MONTHS: &str = "SELECT month FROM unnest($2::text[]) AS month WHERE NOT EXISTS (\
    SELECT FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = $1::regclass \
    AND substring(pg_get_expr(relpartbound, pg_class.oid) FROM $$FROM \\('([^']+)'\\)$$)::timestamptz <= (month || '-01T00:00:00Z')::timestamptz \
    AND substring(pg_get_expr(relpartbound, pg_class.oid) FROM $$TO \\('([^']+)'\\)$$)::timestamptz > (month || '-01T00:00:00Z')::timestamptz) ORDER BY month";

pub(super) async fn check(
    connection: &mut PgConnection,
    specs: &Database,
    task: &Task<'_>,
    sources: &[Source<'_>],
    journal: &Journal,
) -> Result<(), LifecycleError> {
    let mut faults = Vec::new();
    for source in sources {
        let table = source.table;
        if !journal.is_begun {
            let sql = format!(
                "SELECT EXISTS (SELECT FROM {} WHERE tenant_id = $1)",
                table.sql_name()
            );
            let is_there: bool = sqlx::query_scalar(AssertSqlSafe(sql))
                .bind(task.tenant.as_str())
                .persistent(false)
                .fetch_one(&mut *connection)
                .await?;
            if is_there {
                faults.push(format!(
                    "{} has rows of {} already",
                    table.qualified(),
                    task.tenant
                ));
            }
        }
        if source.examined.rows > 0 {
            faults.extend(of_triggers(task, source));
            faults.extend(of_months(connection, source).await?);
            faults.extend(of_privileges(connection, task, table).await?);
        }
    }
    let is_asked = |need: &&Need| sources.iter().any(|source| source.table.qualified() == need.by);
    for need in task.manifest.needs.iter().filter(is_asked) {
        faults.extend(of_need(connection, specs, need).await?);
    }
    match faults.is_empty() {
        true => journal.begin(),
        false => Err(LifecycleError::Unready(faults)),
    }
}

/// What triggers would refuse, or do otherwise.
fn of_triggers(task: &Task<'_>, source: &Source<'_>) -> Vec<String> {
    let name = source.table.qualified();
    let mut faults = Vec::new();
    if !task.options.as_superuser {
        let retired = source.examined.retired.iter();
        faults.extend(retired.map(|fault| format!("{name}, {fault}: import with --as-superuser")));
    }
    let Some((least, greatest)) = source.examined.positions else {
        return faults;
    };
    let rows = i64::try_from(source.examined.rows).unwrap_or(i64::MAX);
    match (task.options.as_superuser, task.is_renamed()) {
        (true, true) => faults.push(format!(
            "{name}: the hashes of a renamed tenant's chain are made by a trigger: import without --as-superuser"
        )),
        (true, false) => {}
        (false, _) if (least, greatest) == (1, rows) => {}
        (false, _) => faults.push(format!(
            "{name}: the chain does not go from 1 to {rows}, but from {least} to {greatest}, and a trigger would number it anew: import under the same name with --as-superuser, or without the schema"
        )),
    }
    faults
}

async fn of_months(
    connection: &mut PgConnection,
    source: &Source<'_>,
) -> Result<Vec<String>, LifecycleError> {
    let months: Vec<&str> = source.examined.months.iter().map(String::as_str).collect();
    if months.is_empty() {
        return Ok(Vec::new());
    }
    let missing: Vec<String> = sqlx::query_scalar(MISSING_MONTHS)
        .bind(source.table.sql_name())
        .bind(months)
        .fetch_all(connection)
        .await?;
    let faults = missing.iter().map(|month| {
        format!(
            "{} has no partition of {month}; make it as the migrator: {}",
            source.table.qualified(),
            partition(source.table, month)
        )
    });
    Ok(faults.collect())
}

/// As `stellaops.maintain_partitions` makes those of the months to come.
fn partition(table: &Table, month: &str) -> String {
    let (year, number) = month.split_once('-').unwrap_or((month, "01"));
    let schema = quote_identifier(&table.schema);
    let whole = table.sql_name();
    let part = format!(
        "{schema}.{}",
        quote_identifier(&format!("{}_y{year}m{number}", table.name))
    );
    let owner = quote_identifier(&name::role(&table.schema, name::Role::Owner));
    let guard = match (table.append_only, table.deletable) {
        (true, _) => Some(("append_only", "UPDATE OR DELETE OR TRUNCATE", "refuse_change")),
        (false, false) => Some(("undeletable", "DELETE OR TRUNCATE", "refuse_deletion")),
        (false, true) => None,
    };
    let guard = guard.map(|(what, events, function)| {
        format!(
            " CREATE TRIGGER {} BEFORE {events} ON {part} FOR EACH STATEMENT EXECUTE FUNCTION stellaops.{function}();",
            quote_identifier(&name::trigger(table, what))
        )
    });
    let begins = quote_literal(&format!("{month}-01T00:00:00Z"));
    let next = match number.parse::<u32>().unwrap_or(1) {
        12 => format!("{:04}-01", year.parse::<u32>().unwrap_or(0) + 1),
        number => format!("{year}-{:02}", number + 1),
    };
    let ends = quote_literal(&format!("{next}-01T00:00:00Z"));
    format!(
        "CREATE TABLE {part} (LIKE {whole} INCLUDING ALL EXCLUDING IDENTITY); ALTER TABLE {part} OWNER TO {owner}; ALTER TABLE {part} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;{} ALTER TABLE {whole} ATTACH PARTITION {part} FOR VALUES FROM ({begins}) TO ({ends});",
        guard.unwrap_or_default()
    )
}

async fn of_privileges(
    connection: &mut PgConnection,
    task: &Task<'_>,
    table: &Table,
) -> Result<Vec<String>, LifecycleError> {
    let mut faults = Vec::new();
    let remedy = "import as stellaops_migrator, or as a superuser";
    let may_insert: bool = sqlx::query_scalar("SELECT has_table_privilege($1, 'INSERT')")
        .bind(table.sql_name())
        .fetch_one(&mut *connection)
        .await?;
    let writes_itself = table.chain_of.is_some() && !task.options.as_superuser;
    if !may_insert && !writes_itself {
        faults.push(format!(
            "the login may not insert into {}: {remedy}",
            table.qualified()
        ));
    }
    for column in table
        .columns
        .iter()
        .filter(|column| column.role == ColumnRole::Identity)
    {
        const SQL: &str = "SELECT has_sequence_privilege(pg_get_serial_sequence($1, $2), 'UPDATE, SELECT')";
        let may_move: Option<bool> = sqlx::query_scalar(SQL)
            .bind(table.sql_name())
            .bind(&column.name)
            .fetch_one(&mut *connection)
            .await?;
        if may_move != Some(true) {
            let name = table.qualified();
            faults.push(format!(
                "the login may not move the sequence of {name}.{}: {remedy}",
                column.name
            ));
        }
    }
    Ok(faults)
}

async fn of_need(
    connection: &mut PgConnection,
    specs: &Database,
    need: &Need,
) -> Result<Option<String>, LifecycleError> {
    let Some(table) = specs.table(&need.table) else {
        return Ok(Some(format!(
            "the specs have no table {}, which rows of {} need",
            need.table, need.by
        )));
    };
    let mut conditions = Vec::new();
    let mut values: Vec<&String> = need.tenant.iter().collect();
    conditions.extend(need.tenant.iter().map(|_| "tenant_id = $1".to_owned()));
    for (name, value) in &need.key {
        let Some(column) = table.column(name) else {
            return Ok(Some(format!("{} has no column `{name}`", need.table)));
        };
        values.push(value);
        conditions.push(format!(
            "{} = ${}::text::{}",
            column.sql_name(),
            values.len(),
            column.column_type.sql()
        ));
    }
    let sql = format!(
        "SELECT EXISTS (SELECT FROM {} WHERE {})",
        table.sql_name(),
        conditions.join(" AND ")
    );
    let mut query = sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false);
    for value in values {
        query = query.bind(value);
    }
    let is_there: bool = query.fetch_one(connection).await?;
    let key: Vec<&str> = need.key.values().map(String::as_str).collect();
    Ok((!is_there).then(|| {
        let owner = need
            .tenant
            .as_deref()
            .map(|tenant| format!(" of {tenant}"))
            .unwrap_or_default();
        format!(
            "{} has no row {}{owner}, which rows of {} point at",
            need.table,
            key.join(", "),
            need.by
        )
    }))
}
