//! The claim of a queue, by the very statement that its verb sends.

use chrono::Utc;
use stellaops_db_spec::model::Table;
use stellaops_db_spec::statement::Statements;

use super::{Answer, Probe};
use crate::value::Parameter;
use crate::verify::matrix::seed::Seed;
use crate::verify::matrix::verb::Verb;
use crate::verify::sample::{Sample, stored};

/// A time that is over, whatever the clocks say.
const LONG_AGO: &str = "2001-01-01T00:00:00Z";

/// The row as it has to be for a worker to find it; none where the table is no queue.
pub(in crate::verify::matrix) fn claimable(table: &Table, row: &Sample) -> Option<Sample> {
    let queue = table.queue.as_ref()?;
    let mut row = row.clone();
    if let Some(steps) = &queue.steps {
        let declared = steps.status.declared_enum()?;
        let ready = stored(declared, &steps.ready.name);
        row.insert(steps.status.name.clone(), Some(ready));
    }
    if let Some(time) = &queue.scheduled_for {
        row.insert(time.name.clone(), Some(LONG_AGO.into()));
    }
    Some(row)
}

/// The first tenant's rows claimed, whoever asks. The statement names its tenant, and is as real as it can be: the parameter
/// is a text here, so that it is the caller's binding that counts.
pub(super) fn probe(table: &Table, seed: &Seed) -> Option<Probe> {
    let queue = table.queue.as_ref()?;
    if claimable(table, &seed.row)? != seed.row {
        return None;
    }
    let verb = Verb::ClaimQueued;
    let statement = Statements::of(table).queue?.claim;
    let touched = table.touched().into_iter();
    let named = [
        Parameter::Text(Some(seed.tenants.first.clone())),
        Parameter::Text(Some("matrix".into())),
        Parameter::BigInt(Some(60_000)),
        Parameter::BigInt(Some(100)),
    ];
    let times = touched.map(|_| Parameter::TimestampTz(Some(Utc::now())));
    Some(Probe {
        verb,
        sql: format!("/* {verb} */ {statement}"),
        parameters: named.into_iter().chain(times).collect(),
        answer: Answer::Claimed {
            attempts: queue.attempts.name.clone(),
        },
    })
}
