//! What a row that was made up can do at all.

use sqlx::{Connection as _, PgConnection};
use stellaops_db_spec::ddl;
use stellaops_db_spec::model::{Table, name};

use super::probe::{Answer, Probe};
use super::run::claimed;
use super::verb::Verb;

/// Leaves out what this row does not do for anybody: a legal step that a constraint keeps it from, as a job needs a result to
/// be done, and a claim that does not find it. The system's login, which is under no policy, finds out. That a constraint of
/// the specs' own forbids a step is as it should be; all else is told.
pub(super) async fn possible(
    connection: &mut PgConnection,
    table: &Table,
    probes: Vec<Probe>,
    left_out: &mut Vec<String>,
) -> Result<Vec<Probe>, sqlx::Error> {
    let mut possible = Vec::new();
    for probe in probes {
        let in_the_way = match probe.verb {
            Verb::Step => kept_from(connection, &probe).await?,
            Verb::ClaimQueued => not_found(connection, &probe).await?,
            _ => None,
        };
        match in_the_way {
            None => possible.push(probe),
            Some(InTheWay::Constraint(name)) if is_declared(table, &name) => {}
            Some(InTheWay::Constraint(name)) => left_out.push(format!(
                "a step of a status: the specs do not have what forbids it, the constraint `{name}`"
            )),
            Some(InTheWay::Nothing) => left_out
                .push("the claim of its queue, which does not find the row that was made up".to_owned()),
        }
    }
    Ok(possible)
}

/// Why a statement does nothing, whoever asks.
enum InTheWay {
    /// A constraint of that name.
    Constraint(String),
    /// There is no such row.
    Nothing,
}

async fn kept_from(connection: &mut PgConnection, probe: &Probe) -> Result<Option<InTheWay>, sqlx::Error> {
    let mut savepoint = connection.begin().await?;
    let tried = probe.query()?.execute(&mut *savepoint).await;
    savepoint.rollback().await?;
    match tried {
        // Class 23: a constraint.
        Err(sqlx::Error::Database(said)) => {
            let is_constraint = said.code().is_some_and(|code| code.starts_with("23"));
            let name = said.constraint().unwrap_or_default().to_owned();
            Ok(is_constraint.then_some(InTheWay::Constraint(name)))
        }
        tried => tried.map(|_| None),
    }
}

async fn not_found(connection: &mut PgConnection, probe: &Probe) -> Result<Option<InTheWay>, sqlx::Error> {
    let Answer::Claimed { attempts } = &probe.answer else {
        return Ok(None);
    };
    let mut savepoint = connection.begin().await?;
    let claimed = claimed(&mut savepoint, probe, attempts).await;
    savepoint.rollback().await?;
    match claimed {
        // What is refused to everybody is for the cells to tell.
        Err(sqlx::Error::Database(_)) => Ok(None),
        claimed => claimed.map(|rows| (rows.first == 0).then_some(InTheWay::Nothing)),
    }
}

/// Whether the specs have a constraint of that name for the table.
fn is_declared(table: &Table, constraint: &str) -> bool {
    let keys = table.unique_keys.iter().map(|key| name::unique_key(table, key));
    let references = table.references.iter();
    let references = references.map(|reference| name::foreign_key(table, reference));
    let mut all = ddl::expected::checks(table)
        .into_iter()
        .chain(keys)
        .chain(references);
    all.any(|declared| declared == constraint)
}
