//! Triggers: those of the specs, as they were made, and on; no others.

use stellaops_db_spec::ddl::expected::{self, TriggerForm};
use stellaops_db_spec::model::{Table, quote_identifier};
use stellaops_db_spec::rule;

use super::{Context, apply, key_of};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{SHARED, Trigger};

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    for table in context.tables() {
        let there = context.catalog.triggers.get(&key_of(table));
        let there = there.map_or(&[][..], Vec::as_slice);
        let wanted = expected::triggers(table);
        recorder.examined(rule::TRIGGERS_ON, wanted.len(), "triggers");
        for message in missing(&wanted, there) {
            recorder.error(
                rule::TRIGGERS_ON,
                Object::Table(table),
                message,
                apply(&table.schema),
            );
        }
        for trigger in others(&wanted, there) {
            let message = format!(
                "the specs have no trigger `{}`, which runs for every row",
                trigger.name
            );
            recorder.warning(
                rule::TRIGGERS_ON,
                Object::Table(table),
                message,
                drop(table, trigger),
            );
        }
        on_partitions(context, table, &wanted, recorder);
    }
    of_evidence(context, recorder);
}

/// Those of the shared table, which write the evidence of system scopes into a table of the specs.
fn of_evidence(context: &Context<'_>, recorder: &mut Recorder) {
    let there = context
        .catalog
        .triggers
        .get(&(SHARED.into(), "system_access".into()));
    let wanted = expected::evidence_triggers(context.specs);
    let wanted: Vec<TriggerForm> = wanted
        .into_iter()
        .filter(|form| {
            context.schemas.iter().any(|schema| {
                form.call
                    .starts_with(&format!("{}.", quote_identifier(&schema.name)))
            })
        })
        .collect();
    recorder.examined(rule::TRIGGERS_ON, wanted.len(), "triggers");
    for message in missing(&wanted, there.map_or(&[], Vec::as_slice)) {
        recorder.error(
            rule::TRIGGERS_ON,
            Object::Other("stellaops.system_access".into()),
            message,
            apply(SHARED),
        );
    }
}

fn drop(table: &Table, trigger: &Trigger) -> String {
    format!(
        "DROP TRIGGER {} ON {};",
        quote_identifier(&trigger.name),
        table.sql_name()
    )
}

fn missing(wanted: &[TriggerForm], there: &[Trigger]) -> Vec<String> {
    let mut found = Vec::new();
    for form in wanted {
        match there
            .iter()
            .find(|trigger| quote_identifier(&trigger.name) == form.name)
        {
            None => found.push(format!("the trigger {} is missing", form.name)),
            Some(trigger) if !is_on(trigger) => found.push(format!("the trigger {} is disabled", form.name)),
            Some(trigger) if TriggerForm::parse(&trigger.definition).as_ref() != Some(form) => {
                found.push(format!(
                    "the trigger {} is another one: {}",
                    form.name, trigger.definition
                ));
            }
            Some(_) => {}
        }
    }
    found
}

/// `O` fires unless a session replicates, `A` always.
fn is_on(trigger: &Trigger) -> bool {
    ["O", "A"].contains(&trigger.enabled.as_str())
}

fn others<'a>(wanted: &'a [TriggerForm], there: &'a [Trigger]) -> impl Iterator<Item = &'a Trigger> {
    there.iter().filter(|trigger| {
        !wanted
            .iter()
            .any(|form| form.name == quote_identifier(&trigger.name))
    })
}

/// The triggers of statements watch what a statement names, so that each partition has them too.
fn on_partitions<'a>(
    context: &Context<'a>,
    table: &'a Table,
    wanted: &[TriggerForm],
    recorder: &mut Recorder,
) {
    for partition in context.partitions(table) {
        let name = (partition.schema.clone(), partition.name.clone());
        let there = context.catalog.triggers.get(&name).map_or(&[][..], Vec::as_slice);
        recorder.examined(rule::TRIGGERS_ON, wanted.len(), "triggers");
        for message in missing(wanted, there) {
            let shown = format!("{}.{}", name.0, name.1);
            let help = "detach the partition and call the procedure that makes partitions";
            recorder.error(rule::TRIGGERS_ON, Object::Of(table, shown), message, help);
        }
    }
}
