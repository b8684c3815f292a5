//! What the server makes of expressions, asked by EXPLAIN.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use stellaops_db_spec::model::quote_identifier;

use crate::verify::catalog::Column;

/// So many pairs are asked at once: a SELECT has at most 1,664 columns.
pub(super) const AT_ONCE: usize = 400;

/// The rows that expressions speak of: names, and the columns behind each.
pub(super) type Rows<'a> = Vec<(&'a str, &'a [Column])>;

/// Asks within a savepoint, which it goes back to where the server refuses a text.
pub(super) struct Question<'a> {
    connection: &'a mut PgConnection,
}

impl<'a> Question<'a> {
    pub(super) async fn begin(connection: &'a mut PgConnection) -> Result<Self, sqlx::Error> {
        sqlx::query("SAVEPOINT wording").execute(&mut *connection).await?;
        Ok(Question { connection })
    }

    /// How the planner prints each of them, or why it does not.
    pub(super) async fn ask(
        &mut self,
        rows: &Rows<'_>,
        expressions: &[String],
    ) -> Result<Result<Vec<String>, String>, sqlx::Error> {
        // One statement, and never more: texts of the catalog are in it, and the extended protocol takes no second one.
        let asked = sqlx::query(AssertSqlSafe(explain(rows, expressions)))
            .persistent(false)
            .fetch_one(&mut *self.connection)
            .await;
        let refused = match asked {
            Ok(row) => {
                let plan: String = row.try_get_unchecked(0)?;
                match output(&plan).filter(|printed| printed.len() == expressions.len()) {
                    Some(printed) => return Ok(Ok(printed)),
                    None => return Ok(Err("the plan does not show them".to_owned())),
                }
            }
            Err(sqlx::Error::Database(refused)) => refused.message().to_owned(),
            Err(fault) => return Err(fault),
        };
        sqlx::query("ROLLBACK TO SAVEPOINT wording")
            .execute(&mut *self.connection)
            .await?;
        Ok(Err(refused))
    }
}

fn explain(rows: &Rows<'_>, expressions: &[String]) -> String {
    let mut sql = format!(
        "EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT {}",
        expressions.join(", ")
    );
    for (position, (name, columns)) in rows.iter().enumerate() {
        let columns = columns
            .iter()
            .map(|column| format!("{} {}", quote_identifier(&column.name), column.declared));
        let from = if position == 0 { "FROM" } else { "," };
        let list = columns.collect::<Vec<_>>().join(", ");
        // A string takes it always.
        let _ = write!(
            sql,
            " {from} pg_catalog.json_to_recordset('[]') AS {} ({list})",
            quote_identifier(name)
        );
    }
    sql
}

/// The output of the topmost node.
fn output(plan: &str) -> Option<Vec<String>> {
    let plan: serde_json::Value = serde_json::from_str(plan).ok()?;
    let printed = plan.get(0)?.get("Plan")?.get("Output")?.as_array()?;
    printed
        .iter()
        .map(|text| text.as_str().map(str::to_owned))
        .collect()
}
