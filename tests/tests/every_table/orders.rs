//! Every order of every table is served by its own index: no sort, as the application's role, under
//! row-level security.

use std::fmt::Write;

use stellaops_db_spec::model::{Direction, Index, Scope, ServedBy, Table, name};

use crate::client::Client;
use crate::fixture::{SYSTEM, database, login, specs};

#[tokio::test]
async fn every_order_is_read_from_an_index_and_never_sorted() {
    let specs = specs();
    let database = database(&specs).await;
    let system = Client::connect(&database, SYSTEM).await;
    let superuser = Client::connect_as_superuser(&database).await;
    let mut faults = String::new();
    for schema in &specs.schemas {
        let application = Client::connect(&database, &login(schema)).await;
        for table in &schema.tables {
            for index in &table.indexes {
                let client = match index.scope {
                    Scope::Tenant => &application,
                    Scope::System => &system,
                };
                leave_valid(&superuser, table, &serving(table, index)).await;
                if let Err(fault) = explain(client, table, index).await {
                    writeln!(faults, "{} {}: {fault}", table.qualified(), index.name)
                        .expect("a string takes it");
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The index that is to serve the order.
fn serving(table: &Table, index: &Index) -> String {
    match &index.served_by {
        None => name::index(table, index),
        Some(ServedBy::PrimaryKey) => name::primary_key(table),
        Some(ServedBy::UniqueKey(key)) => {
            let key = table.unique_keys.iter().find(|unique| unique.name == *key);
            name::unique_key(table, key.expect("the key is declared"))
        }
    }
}

/// Hides all other indexes from the planner: on an empty table it would take any that is as good. A
/// partition's index has a name of its own and inherits from the table's.
async fn leave_valid(superuser: &Client, table: &Table, index: &str) {
    let relation = format!("'{}'::regclass", table.sql_name());
    let sql = format!(
        "UPDATE pg_index SET indisvalid = EXISTS (SELECT FROM pg_class WHERE relname = '{index}'
           AND oid IN (indexrelid, (SELECT inhparent FROM pg_inherits WHERE inhrelid = indexrelid)))
         WHERE indrelid = {relation} OR indrelid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = {relation})"
    );
    superuser.execute(&sql).await.expect("a superuser may");
}

/// The generic plan of the query that the order exists for. An empty table is read whole whatever its
/// indexes: the planner is told that this costs much.
async fn explain(client: &Client, table: &Table, index: &Index) -> Result<(), String> {
    let arguments = vec!["NULL"; index.pinned.len() + usize::from(binds_tenant(table, index))];
    let execute = match arguments.as_slice() {
        [] => "EXECUTE the_order".to_owned(),
        arguments => format!("EXECUTE the_order ({})", arguments.join(", ")),
    };
    let prepare = format!(
        "DEALLOCATE ALL; SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
         SET jit = off; SET plan_cache_mode = force_generic_plan; PREPARE the_order AS {}",
        query(table, index)
    );
    let answer = match client.execute(&prepare).await {
        Ok(()) => client.run(&format!("EXPLAIN {execute}"), None, &[]).await,
        Err(error) => Err(error),
    };
    let rows = answer.map_err(|error| error.to_string())?;
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let (plan, wanted) = (plan.join("\n"), serving(table, index));
    if is_served(&plan, table, &wanted) {
        Ok(())
    } else {
        Err(format!("is not served by {wanted}:\n{plan}"))
    }
}

/// Of a partitioned table, the indexes that are left are the partitions' own; "Sort Key" is how their
/// rows are merged.
fn is_served(plan: &str, table: &Table, wanted: &str) -> bool {
    let reads_the_index = match &table.partition {
        None => plan.contains(&format!("using {wanted}")),
        Some(_) => plan.contains("Index Scan using") && !plan.contains("Seq Scan"),
    };
    reads_the_index && !plan.contains("Sort  (cost")
}

fn binds_tenant(table: &Table, index: &Index) -> bool {
    table.tenancy.has_tenant() && index.scope == Scope::Tenant
}

fn query(table: &Table, index: &Index) -> String {
    let tenant = binds_tenant(table, index).then(|| "tenant_id".to_owned());
    let pins = index.pinned.iter().map(|column| column.sql_name());
    let pinned = tenant.into_iter().chain(pins).enumerate();
    let condition = index.condition.iter().map(|condition| format!("({condition})"));
    let conditions: Vec<String> = pinned
        .map(|(position, column)| format!("{column} = ${}", position + 1))
        .chain(condition)
        .collect();
    let order: Vec<String> = index
        .order
        .iter()
        .map(|ordered| match ordered.direction {
            Direction::Ascending => ordered.column.sql_name(),
            Direction::Descending => format!("{} DESC", ordered.column.sql_name()),
        })
        .collect();
    let clause = |word: &str, parts: &[String], between: &str| match parts {
        [] => String::new(),
        parts => format!("{word} {}", parts.join(between)),
    };
    format!(
        "SELECT * FROM {} {} {} LIMIT 10",
        table.sql_name(),
        clause("WHERE", &conditions, " AND "),
        clause("ORDER BY", &order, ", ")
    )
}
