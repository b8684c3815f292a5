//! The status of a queue, and that its steps are legal.

use std::sync::Arc;

use crate::check::context::{Context, suggest};
use crate::check::queue::columns::check_status;
use crate::check::table::Draft;
use crate::model::{Column, Enum, EnumValue, QueueSteps};
use crate::rule;
use crate::syntax::{Entry, Node};

/// The keys that only a queue with a status has; the first three it needs.
const VALUES: [&str; 5] = ["ready", "running", "done", "failed", "waiting"];
const NEEDED: [&str; 3] = ["ready", "running", "done"];

/// The steps; `Some(None)` for a recurring queue, none where something is wrong.
pub(super) fn check_steps(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    entry: &Entry,
) -> Option<Option<QueueSteps>> {
    let node = &entry.node;
    if node.get("status").is_none() {
        return check_recurring(context, entry).then_some(None);
    }
    let status = check_status(context, draft, node)?;
    let has_all = check_needed(context, entry);
    let values = VALUES.map(|key| value(context, node, &status, key));
    let is_known = VALUES
        .iter()
        .zip(&values)
        .all(|(key, value)| value.is_some() || node.get(key).is_none());
    if !has_all || !is_known {
        return None;
    }
    let [ready, running, done, failed, waiting] = values;
    let steps = QueueSteps {
        gives_back: false,
        ready: ready?,
        running: running?,
        done: done?,
        failed,
        waiting,
        status,
    };
    check_legal(context, node, steps).map(Some)
}

fn check_recurring(context: &mut Context<'_>, entry: &Entry) -> bool {
    let node = &entry.node;
    let mut good = true;
    for key in VALUES.into_iter().chain(["max_attempts"]) {
        if let Some(named) = node.get(key) {
            context.push(
                rule::QUEUE_STATUS,
                named.span,
                format!("`{key}` says nothing without a status"),
                "name the `status` column; a recurring queue, which has none, tries each row for ever",
            );
            good = false;
        }
    }
    if node.get("scheduled_for").is_none() {
        context.push(
            rule::QUEUE_STATUS,
            entry.key_span,
            "nothing says which rows can be claimed",
            "name the `status` with its `ready`, `running` and `done`; or, for rows that are due again and again, the `scheduled_for` column",
        );
        good = false;
    }
    good
}

fn check_needed(context: &mut Context<'_>, entry: &Entry) -> bool {
    let missing: Vec<_> = NEEDED
        .into_iter()
        .filter(|key| entry.node.get(key).is_none())
        .map(|key| format!("`{key}`"))
        .collect();
    if !missing.is_empty() {
        context.push(
            rule::QUEUE_STATUS,
            entry.key_span,
            format!("the queue lacks {}", missing.join(" and ")),
            "a queue with a status names the values of it that rows step through: `ready`, `running`, `done`",
        );
    }
    for (key, with) in [
        ("waiting", "scheduled_for"),
        ("failed", "reason"),
        ("max_attempts", "failed"),
    ] {
        if let Some(named) = entry.node.get(key).filter(|_| entry.node.get(with).is_none()) {
            context.push(
                rule::QUEUE_STATUS,
                named.span,
                format!("`{key}` needs `{with}`"),
                needs(with),
            );
        }
    }
    missing.is_empty()
}

fn needs(with: &str) -> &'static str {
    match with {
        "scheduled_for" => "name the column that says how long a row waits",
        "reason" => "name the column that tells why a row failed: who looks into it has nothing else",
        _ => "name the status of rows that are tried no more",
    }
}

fn value(context: &mut Context<'_>, node: &Node, status: &Column, key: &str) -> Option<EnumValue> {
    let declared = status.declared_enum()?;
    let named = node.get(key)?;
    let name = named.as_str()?;
    let value = declared.value(name);
    if value.is_none() {
        let help = suggest(name, declared.values.iter().map(|value| value.name.as_str()));
        context.push(
            rule::QUEUE_STATUS,
            named.span,
            format!("`{name}` is no value of `{}`", declared.name),
            help,
        );
    }
    value.cloned()
}

/// Every step that a verb takes must be one that the database allows.
fn check_legal(context: &mut Context<'_>, node: &Node, mut steps: QueueSteps) -> Option<QueueSteps> {
    let status: Arc<Column> = steps.status.clone();
    let declared = status.declared_enum()?;
    let mut needed = vec![
        (&steps.ready, &steps.running, "running", "claiming a row"),
        (&steps.running, &steps.done, "done", "completing a row"),
    ];
    if let Some(failed) = &steps.failed {
        needed.push((&steps.running, failed, "failed", "giving a row up"));
    }
    if let Some(waiting) = &steps.waiting {
        needed.push((&steps.running, waiting, "waiting", "trying a row again later"));
        needed.push((waiting, &steps.ready, "ready", "a row whose time has come"));
    }
    let mut good = true;
    for (from, to, key, what) in needed {
        if !is_legal(declared, from, to) {
            let span = node.get(key).map_or(node.span, |named| named.span);
            context.push(
                rule::QUEUE_STATUS,
                span,
                format!(
                    "`{}` -> `{}` is no legal step of `{}`",
                    from.name, to.name, declared.name
                ),
                format!("{what} is that step: add it to the enum's transitions"),
            );
            good = false;
        }
    }
    steps.gives_back = is_legal(declared, &steps.running, &steps.ready);
    good.then_some(steps)
}

fn is_legal(declared: &Enum, from: &EnumValue, to: &EnumValue) -> bool {
    let mut steps = declared.transitions.iter();
    steps.any(|step| step.from == from.name && step.to.contains(&to.name))
}
