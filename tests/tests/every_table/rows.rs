//! Every verb of every table, as the application's role: a row goes in, is read back equal, is listed,
//! changed or refused, deleted or refused; and another tenant has the same row without seeing this one.

use std::fmt::Write;
use std::sync::Arc;

use stellaops_db::verify::sample::{Parents, Sample, Text};
use stellaops_db_spec::model::{Column, ColumnRole, OnDelete, Reference, Schema, Table, Tenancy};
use stellaops_db_spec::statement::Statements;

use crate::client::{Client, bytes, code, in_words};
use crate::fixture::{SYSTEM, database, login, specs};
use crate::given;

/// A foreign key is in the way; PostgreSQL 18 tells RESTRICT from the rest.
const HELD: &[&str] = &["23503", "23001"];

const TENANTS: [&str; 2] = ["acme", "globex"];

#[tokio::test]
async fn every_table_does_what_its_spec_says() {
    let specs = specs();
    let database = database(&specs).await;
    let system = Client::connect(&database, SYSTEM).await;
    let superuser = Client::connect_as_superuser(&database).await;
    let mut faults = String::new();
    for schema in &specs.schemas {
        let application = Client::connect(&database, &login(schema)).await;
        let logins = Logins {
            application,
            system: &system,
            superuser: &superuser,
        };
        for (table, fault) in logins.try_schema(schema).await {
            writeln!(faults, "{table}: {fault}").expect("a string takes it");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// Who tries.
struct Logins<'a> {
    application: Client,
    system: &'a Client,
    superuser: &'a Client,
}

/// A row that was inserted, with what names it.
struct Inserted<'a> {
    table: &'a Table,
    tenant: Option<&'static str>,
    row: Sample,
    key: Vec<Text>,
}

impl Logins<'_> {
    /// The faults of a schema's tables: rows go in parents first, and out children first.
    async fn try_schema(&self, schema: &Schema) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut all = Vec::new();
        for tenant in TENANTS {
            let mut parents = Parents::new();
            for (number, table) in schema.tables.iter().enumerate() {
                let tenant = table.tenancy.has_tenant().then_some(tenant);
                if tenant.is_none()
                    && all
                        .iter()
                        .any(|inserted: &Inserted<'_>| inserted.table.name == table.name)
                {
                    continue;
                }
                if given::is_head(schema, table) {
                    faults.extend(self.refuses_rows(table, tenant).await);
                    continue;
                }
                match self.insert(table, tenant, &parents, number).await {
                    Ok(inserted) => {
                        parents.insert(table.name.clone(), inserted.row.clone());
                        all.push(inserted);
                    }
                    Err(fault) => faults.push((table.qualified(), fault)),
                }
            }
        }
        for inserted in &all {
            if let Err(fault) = self.read(inserted).await {
                faults.push((inserted.table.qualified(), fault));
            }
            if let Err(fault) = self.change(inserted).await {
                faults.push((inserted.table.qualified(), fault));
            }
        }
        for inserted in all.iter().rev() {
            if let Err(fault) = self.delete(schema, inserted).await {
                faults.push((inserted.table.qualified(), fault));
            }
        }
        faults
    }

    /// The heads of a chain are the database's: nobody inserts one.
    async fn refuses_rows(&self, table: &Table, tenant: Option<&str>) -> Option<(String, String)> {
        let insert = Statements::of(table).insert;
        let values = vec![None; table.inserted().len() - usize::from(tenant.is_some())];
        for client in [&self.application, self.system] {
            let answer = client.run(&insert, tenant, &values).await;
            if let Err(fault) = expect_refusal(answer, &["42501"], "an insert into the heads of a chain") {
                return Some((table.qualified(), fault));
            }
        }
        None
    }

    /// Who writes the table.
    fn writer(&self, table: &Table) -> &Client {
        match table.tenancy {
            Tenancy::Global => self.system,
            _ => &self.application,
        }
    }

    async fn insert<'a>(
        &self,
        table: &'a Table,
        tenant: Option<&'static str>,
        parents: &Parents,
        number: usize,
    ) -> Result<Inserted<'a>, String> {
        if table.tenancy == Tenancy::Global {
            let nothing = vec![None; table.inserted().len()];
            let insert = &Statements::of(table).insert;
            let refused = self.application.run(insert, None, &nothing).await;
            expect_refusal(
                refused,
                &["42501"],
                "the application's insert into a global table",
            )?;
        }
        let row = given::insert(self.writer(table), table, tenant, parents, number).await?;
        let key = table
            .own_key()
            .into_iter()
            .map(|column| row[&column.name].clone())
            .collect();
        Ok(Inserted {
            table,
            tenant,
            row,
            key,
        })
    }

    /// The row is what was sent, for its own tenant; nothing for another.
    async fn read(&self, inserted: &Inserted<'_>) -> Result<(), String> {
        let Inserted {
            table,
            tenant,
            row,
            key,
        } = inserted;
        let statements = Statements::of(table);
        let found = self.run(&self.application, &statements.get, *tenant, key).await?;
        if found.len() != 1 {
            return Err(format!("get answers {} rows", found.len()));
        }
        let exists = self
            .run(&self.application, &statements.exists, *tenant, key)
            .await?;
        if !exists[0].get::<_, bool>(0) {
            return Err("exists answers no".into());
        }
        self.compare(inserted).await?;
        for (unique, statement) in table.unique_keys.iter().zip(&statements.get_by_unique) {
            let values: Vec<Text> = unique
                .columns
                .iter()
                .map(|column| row.get(&column.name).cloned().flatten())
                .collect();
            if values.iter().any(Option::is_none) || unique.condition.is_some() {
                continue;
            }
            let by_unique = self.run(&self.application, statement, *tenant, &values).await?;
            if by_unique.len() != 1 || bytes(&by_unique[0]) != bytes(&found[0]) {
                return Err(format!("get_by_{} does not answer the row", unique.name));
            }
        }
        if tenant.is_some() {
            let foreign = self
                .run(&self.application, &statements.get, Some("initech"), key)
                .await?;
            if !foreign.is_empty() {
                return Err("another tenant reads the row".into());
            }
        }
        Ok(())
    }

    /// Asks the server whether each column holds what was sent.
    async fn compare(&self, inserted: &Inserted<'_>) -> Result<(), String> {
        let Inserted {
            table, tenant, row, ..
        } = inserted;
        let offset = usize::from(tenant.is_some());
        let sent: Vec<_> = table
            .fields()
            .into_iter()
            .filter(|column| row.contains_key(&column.name) && column.role != ColumnRole::Tenant)
            .collect();
        let questions: Vec<String> = sent
            .iter()
            .enumerate()
            .map(|(position, column)| {
                format!(
                    "{} IS NOT DISTINCT FROM ${}",
                    column.sql_name(),
                    position + 1 + offset
                )
            })
            .collect();
        let own = table.own_key();
        let mut conditions: Vec<String> = own
            .iter()
            .map(|column| {
                let position = sent
                    .iter()
                    .position(|sent| sent.name == column.name)
                    .expect("a key is sent");
                format!("{} = ${}", column.sql_name(), position + 1 + offset)
            })
            .collect();
        conditions.extend(tenant.map(|_| "tenant_id = $1::text".to_owned()));
        let sql = format!(
            "/* compare */ SELECT ARRAY[{}] FROM {} WHERE {}",
            questions.join(", "),
            table.sql_name(),
            conditions.join(" AND ")
        );
        let values: Vec<Text> = sent.iter().map(|column| row[&column.name].clone()).collect();
        let answers: Vec<bool> = self.run(&self.application, &sql, *tenant, &values).await?[0].get(0);
        let changed: Vec<&str> = sent
            .iter()
            .zip(answers)
            .filter(|(_, same)| !same)
            .map(|(column, _)| column.name.as_str())
            .collect();
        match changed.as_slice() {
            [] => Ok(()),
            changed => Err(format!("{changed:?} came back as something else")),
        }
    }

    /// A patch with the values that are there already is taken; a table of facts refuses even that.
    async fn change(&self, inserted: &Inserted<'_>) -> Result<(), String> {
        let Inserted {
            table,
            tenant,
            row,
            key,
        } = inserted;
        if table.append_only {
            let fields = table.fields();
            let column = fields.iter().find(|column| column.role != ColumnRole::Identity);
            let column = column
                .expect("a table has other columns than its number")
                .sql_name();
            let sql = format!("UPDATE {} SET {column} = {column}", table.sql_name());
            return self.refuses(&sql).await;
        }
        let Some(update) = Statements::of(table).update else {
            return Ok(());
        };
        let patchable = table.patchable();
        let mask = vec!["t"; patchable.len()].join(",");
        let now = chrono::Utc::now().to_rfc3339();
        let mut values = key.clone();
        values.push(Some(format!("{{{mask}}}")));
        values.extend(patchable.iter().map(|column| row[&column.name].clone()));
        values.extend(table.touched().iter().map(|_| Some(now.clone())));
        if table.row_version.is_some() {
            values.push(Some("1".into()));
        }
        let changed = self.run(self.writer(table), &update, *tenant, &values).await?;
        match changed.len() {
            1 => Ok(()),
            rows => Err(format!("update answers {rows} rows")),
        }
    }

    async fn delete(&self, schema: &Schema, inserted: &Inserted<'_>) -> Result<(), String> {
        let Inserted {
            table, tenant, key, ..
        } = inserted;
        let Some(delete) = Statements::of(table).delete else {
            return self.refuses(&format!("DELETE FROM {}", table.sql_name())).await;
        };
        if is_held(schema, table) {
            let answer = self.writer(table).run(&delete, *tenant, key).await;
            return expect_refusal(answer, HELD, "deleting a row that facts point at");
        }
        self.run(self.writer(table), &delete, *tenant, key).await?;
        let left = self
            .run(&self.application, &Statements::of(table).get, *tenant, key)
            .await?;
        match left.len() {
            0 => Ok(()),
            _ => Err("the row is there after its deletion".into()),
        }
    }

    /// Refused by a missing privilege, and by the table itself for those whom no privilege binds: its rows are
    /// facts, are never deleted, or are kept for a while.
    async fn refuses(&self, sql: &str) -> Result<(), String> {
        for client in [&self.application, self.superuser] {
            match client.execute(sql).await {
                Ok(()) => return Err(format!("`{sql}` is not refused")),
                Err(error) if ["42501", "SD003", "SD010", "SD011"].contains(&code(&error)) => {}
                Err(error) => return Err(format!("`{sql}` fails otherwise: {}", in_words(&error))),
            }
        }
        Ok(())
    }

    async fn run(
        &self,
        client: &Client,
        sql: &str,
        tenant: Option<&str>,
        values: &[Text],
    ) -> Result<Vec<tokio_postgres::Row>, String> {
        let answer = client.run(sql, tenant, values).await;
        answer.map_err(|error| format!("{}\n    {sql}", in_words(&error)))
    }
}

/// Whether a row of the table stays because rows that are never deleted point at it. The sample leaves
/// references out that may be NULL.
fn is_held(schema: &Schema, table: &Table) -> bool {
    schema.tables.iter().any(|child| {
        let holds = |reference: &Reference| {
            let is_sent = |column: &Arc<Column>| !column.nullable || column.example.is_some();
            reference.parent == table.name
                && reference.on_delete == OnDelete::Restrict
                && reference.columns.iter().all(is_sent)
        };
        let stays = || Statements::of(child).delete.is_none() || is_held(schema, child);
        child.name != table.name && child.references.iter().any(holds) && stays()
    })
}

fn expect_refusal<T>(
    answer: Result<T, tokio_postgres::Error>,
    states: &[&str],
    what: &str,
) -> Result<(), String> {
    match answer {
        Ok(_) => Err(format!("{what} is not refused")),
        Err(error) if states.contains(&code(&error)) => Ok(()),
        Err(error) => Err(format!("{what} fails otherwise: {}", in_words(&error))),
    }
}
