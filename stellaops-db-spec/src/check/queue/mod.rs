//! Queues: the columns of the lease, the steps of the status, the order, what becomes of failures.

mod columns;
mod order;
mod retry;
mod steps;

use crate::check::context::Context;
use crate::check::table::Draft;
use crate::model::Queue;

pub(super) fn check_queue(context: &mut Context<'_>, draft: &mut Draft<'_>) {
    let Some(entry) = draft.root.entry("queue").filter(|entry| !entry.node.faulty) else {
        return;
    };
    let node = &entry.node;
    let columns = columns::check_columns(context, draft, node);
    let steps = steps::check_steps(context, draft, entry);
    let order = match &steps {
        Some(steps) => order::check_order(context, draft, node, steps.as_ref(), &columns),
        None => None,
    };
    let retry = retry::check_retry(context, node);
    let (Some(lease_expires_at), Some(leased_by), Some(attempts), Some(steps), Some(order), Some(retry)) = (
        columns.lease_expires_at,
        columns.leased_by,
        columns.attempts,
        steps,
        order,
        retry,
    ) else {
        return;
    };
    draft.table.queue = Some(Queue {
        steps,
        scheduled_for: columns.scheduled_for,
        reason: columns.reason,
        lease_expires_at,
        leased_by,
        attempts,
        max_attempts: retry.max_attempts,
        backoff: retry.backoff,
        order,
    });
}
