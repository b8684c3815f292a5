//! Triggers: those of the specs, as they were made, and on; no others.

use stellaops_db_spec::ddl::expected::{self, TriggerForm};
use stellaops_db_spec::model::{Table, quote_identifier};
use stellaops_db_spec::rule;

use super::{Context, apply, object_of, sql_name};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{Name, SHARED, Trigger};

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    let all_evidence = forms(expected::evidence_triggers(context.specs));
    let known = all_evidence.as_slice();
    for table in context.tables() {
        let wanted = forms(expected::triggers(table));
        // The triggers of statements watch what a statement names, so that each partition has them too.
        for relation in context.relations_of(table) {
            compare(context, &relation, Some(table), (&wanted, known), recorder);
        }
    }
    // The shared tables: one of them writes the evidence of system scopes into a table of the specs.
    let evidence = known.iter().filter(|form| is_looked_at(context, form));
    let evidence: Vec<TriggerForm> = evidence.cloned().collect();
    for (table, _) in expected::SHARED_PRIVILEGES {
        let wanted = if table == "system_access" {
            evidence.as_slice()
        } else {
            &[]
        };
        compare(
            context,
            &(SHARED.into(), table.into()),
            None,
            (wanted, known),
            recorder,
        );
    }
    of_database(context, recorder);
}

/// The conditions are compared in their wording, elsewhere.
fn forms(triggers: Vec<expected::Trigger>) -> Vec<TriggerForm> {
    triggers.into_iter().map(|trigger| trigger.form).collect()
}

/// Event triggers run as whoever changes a schema, the migrator and superusers among them. Those of superusers are
/// their business, unless they run as each session begins: what they set, as a tenant, is bound to all of it.
fn of_database(context: &Context<'_>, recorder: &mut Recorder) {
    let roles = &context.catalog.roles;
    let is_superuser = |name: &str| roles.get(name).is_some_and(|role| role.superuser);
    for trigger in &context.catalog.event_triggers {
        recorder.examined(rule::TRIGGERS_ON, 1, "event triggers");
        let owners = [&trigger.owner, &trigger.function_owner];
        let message = match owners.into_iter().find(|owner| !is_superuser(owner)) {
            _ if trigger.event == "login" => format!(
                "it runs {} as each session begins, the application's too",
                trigger.function
            ),
            Some(owner) => format!(
                "it runs {} as whoever changes a schema, and belongs to {owner}, who is no superuser and may change what it does",
                trigger.function
            ),
            None => continue,
        };
        let name = quote_identifier(&trigger.name);
        let help = format!("DROP EVENT TRIGGER {name};");
        recorder.error(
            rule::TRIGGERS_ON,
            Object::Other(format!("event trigger {name}")),
            message,
            help,
        );
    }
}

/// Whether the function of an evidence trigger is one of the schemas that are looked at.
fn is_looked_at(context: &Context<'_>, form: &TriggerForm) -> bool {
    let mut schemas = context
        .schemas
        .iter()
        .map(|schema| quote_identifier(&schema.name));
    schemas.any(|schema| form.call.starts_with(&format!("{schema}.")))
}

/// Holds the triggers of a relation against those that it should have; the evidence trigger of a schema that is not looked
/// at is known, too.
fn compare(
    context: &Context<'_>,
    relation: &Name,
    table: Option<&Table>,
    (wanted, known): (&[TriggerForm], &[TriggerForm]),
    recorder: &mut Recorder,
) {
    let there = context.catalog.triggers_of(relation);
    let object = || match table {
        Some(table) => object_of(table, relation),
        None => Object::Other(sql_name(relation)),
    };
    recorder.examined(rule::TRIGGERS_ON, wanted.len(), "triggers");
    for message in missing(wanted, there) {
        let schema = table.map_or(SHARED, |table| &table.schema);
        recorder.error(rule::TRIGGERS_ON, object(), message, apply(schema));
    }
    for trigger in others(wanted, known, there) {
        let help = format!(
            "DROP TRIGGER {} ON {};",
            quote_identifier(&trigger.name),
            sql_name(relation)
        );
        let name = &trigger.name;
        match trigger.definer || table.is_none() {
            true => {
                let message =
                    format!("somebody's trigger `{name}` runs here, and reads and writes what its owner may");
                recorder.error(rule::TRIGGERS_ON, object(), message, help);
            }
            false => {
                let message = format!("the specs have no trigger `{name}`, which runs here");
                recorder.warning(rule::TRIGGERS_ON, object(), message, help);
            }
        }
    }
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
            Some(trigger) if trigger.form().as_ref() != Some(form) => {
                found.push(format!(
                    "the trigger {} is another one: {}",
                    form.name,
                    trigger.definition.as_deref().unwrap_or_default()
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

/// Those that the specs do not have.
fn others<'a>(
    wanted: &'a [TriggerForm],
    known: &'a [TriggerForm],
    there: &'a [Trigger],
) -> impl Iterator<Item = &'a Trigger> {
    there.iter().filter(move |trigger| {
        let name = quote_identifier(&trigger.name);
        !wanted.iter().chain(known).any(|form| form.name == name)
    })
}
