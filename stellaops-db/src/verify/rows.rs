//! What the catalog cannot tell: whether foreign keys are true, and chains whole. Asked as a login that sees all rows.

use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db_spec::model::{Reference, Table, name};
use stellaops_db_spec::rule;
use stellaops_db_spec::statement::{Statements, count_astray};

use super::Options;
use super::audit::{Object, Recorder};
use super::check::Context;
use crate::chain::{self, ChainTexts};
use crate::error::Error;

pub(super) async fn check(
    connection: &mut PgConnection,
    context: &Context<'_>,
    options: &Options,
    recorder: &mut Recorder,
) -> Result<(), Error> {
    let server = &context.catalog.server;
    let why_not = match (options.catalog_only, server.sees_all_rows) {
        (true, _) => Some("only the catalog was asked for".to_owned()),
        (false, false) => Some(format!(
            "the login {} does not see the rows of all tenants: ask as stellaops_system",
            server.login
        )),
        (false, true) => None,
    };
    if let Some(why) = why_not {
        recorder.unchecked(rule::REFERENCES_TRUE, why.clone());
        recorder.unchecked(rule::CHAINS_WHOLE, why);
        return Ok(());
    }
    for table in context.tables() {
        for reference in &table.references {
            if context
                .tables()
                .any(|parent| parent.schema == table.schema && parent.name == reference.parent)
            {
                follow(connection, table, reference, recorder).await?;
            }
        }
        chains(connection, table, recorder).await?;
    }
    Ok(())
}

/// Rows whose parent is not there: a key that was validated by who saw no rows is marked as valid over them.
async fn follow(
    connection: &mut PgConnection,
    table: &Table,
    reference: &Reference,
    recorder: &mut Recorder,
) -> Result<(), sqlx::Error> {
    recorder.examined(rule::REFERENCES_TRUE, 1, "foreign keys held against the rows");
    let sql = count_astray(table, reference, "true");
    let astray: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
        .persistent(false)
        .fetch_one(connection)
        .await?;
    if astray > 0 {
        let constraint = name::foreign_key(table, reference);
        let message = format!(
            "{astray} of its rows point at a row of {}.{} that is not there, though `{constraint}` is marked as valid",
            reference.parent_schema, reference.parent
        );
        let help =
            "find out whose rows these are and mend them; add foreign keys as a login that sees all rows";
        recorder.error(rule::REFERENCES_TRUE, Object::Table(table), message, help);
    }
    Ok(())
}

async fn chains(connection: &mut PgConnection, table: &Table, recorder: &mut Recorder) -> Result<(), Error> {
    let Some(statements) = Statements::of(table).chain else {
        return Ok(());
    };
    for report in chain::verify_all(connection, &ChainTexts::from(&statements)).await? {
        recorder.examined(rule::CHAINS_WHOLE, 1, "chains");
        recorder.examined(
            rule::CHAINS_WHOLE,
            usize::try_from(report.rows).unwrap_or(usize::MAX),
            "rows",
        );
        if let Some(fault) = report.fault {
            let message = format!("the chain of {} is broken: {fault}", report.tenant);
            let help = "somebody changed evidence behind the database's back; keep this database as it is, and compare it with a backup";
            recorder.error(rule::CHAINS_WHOLE, Object::Table(table), message, help);
        }
    }
    Ok(())
}
