//! The one role of each column, gathered from everything the table says about it.

use crate::check::context::{Context, suggest};
use crate::rule;
use crate::source::Span;
use crate::syntax::{Entry, Node};

/// What a table's own keys say of its columns: column name, job, place.
pub(super) struct Jobs {
    jobs: Vec<(String, Job, Span)>,
}

/// A job that a table gives to a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Job {
    Key,
    RowVersion,
    SoftDelete,
    Lease,
    Chained,
    Immutable,
    Touched,
}

impl Job {
    fn in_words(self) -> &'static str {
        match self {
            Job::Key => "part of the key",
            Job::RowVersion => "the row version",
            Job::SoftDelete => "the mark of soft deletion",
            Job::Lease => "the queue's lease",
            Job::Chained => "a link of the hash chain",
            Job::Immutable => "immutable",
            Job::Touched => "set by every update",
        }
    }
}

impl Jobs {
    pub(super) fn gather(root: &Node, key: &[(String, Span)]) -> Self {
        let mut jobs: Vec<(String, Job, Span)> = key
            .iter()
            .map(|(name, span)| (name.clone(), Job::Key, *span))
            .collect();
        let mut named = |node: Option<&Node>, job: Job| {
            if let Some((name, node)) = node.and_then(|node| Some((node.as_str()?, node))) {
                jobs.push((name.into(), job, node.span));
            }
        };
        named(root.get("row_version"), Job::RowVersion);
        named(root.get("soft_delete"), Job::SoftDelete);
        if let Some(queue) = root.get("queue") {
            for column in ["lease_expires_at", "leased_by", "attempts"] {
                named(queue.get(column), Job::Lease);
            }
        }
        if let Some(chain) = root.get("hash_chain") {
            for column in ["position", "previous", "hash"] {
                named(chain.get(column), Job::Chained);
            }
        }
        for Entry { key: name, node, .. } in root.get("columns").map(Node::entries).unwrap_or_default() {
            if let Some(entry) = node.entry("immutable").filter(|_| node.flag("immutable")) {
                jobs.push((name.clone(), Job::Immutable, entry.key_span));
            }
            if let Some(entry) = node.entry("on_update") {
                jobs.push((name.clone(), Job::Touched, entry.key_span));
            }
        }
        Jobs { jobs }
    }

    /// The one job of a column; a second one is reported.
    pub(super) fn of(&self, context: &mut Context<'_>, column: &Entry) -> Option<Job> {
        let name = &column.key;
        let mut own = self.jobs.iter().filter(|(other, _, _)| other == name);
        let (_, job, first) = own.next()?;
        // A column that the key names twice has one job; the key is told about it.
        for (_, other, span) in own.filter(|(_, other, _)| other != job) {
            context.diagnostics.push_related(
                rule::COLUMN_ROLES,
                *span,
                format!("`{name}` is {} and also {}", job.in_words(), other.in_words()),
                "a column has one job: remove one of the two",
                (*first, format!("here it is {}", job.in_words())),
            );
        }
        if let Some(swap) = column
            .node
            .entry("compare_and_swap")
            .filter(|inner| inner.node.is_true())
        {
            context.diagnostics.push_related(
                rule::COLUMN_ROLES,
                swap.key_span,
                format!("`{name}` is {}, and nobody swaps its value", job.in_words()),
                "remove `compare_and_swap`",
                (*first, format!("here it is {}", job.in_words())),
            );
        }
        Some(*job)
    }

    /// Names that are no column. Queues and hash chains look for their own.
    pub(super) fn check_known(&self, context: &mut Context<'_>, root: &Node) {
        let entries = root.get("columns").map(Node::entries).unwrap_or_default();
        for (name, job, span) in self
            .jobs
            .iter()
            .filter(|(_, job, _)| !matches!(job, Job::Lease | Job::Chained))
        {
            let elsewhere = *job == Job::Key && (name == "tenant_id" || is_promoted(entries, name));
            if !elsewhere && !entries.iter().any(|entry| entry.key == *name) {
                let rule = if *job == Job::Key {
                    rule::KEY_COLUMN
                } else {
                    rule::COLUMN_UNKNOWN
                };
                let help = match *job == Job::Key && root.get("key").is_none() {
                    true => "declare it, or name the columns of the key with `key`".into(),
                    false => suggest(name, entries.iter().map(|entry| entry.key.as_str())),
                };
                context.push(
                    rule,
                    *span,
                    format!("there is no column `{name}`, which should be {}", job.in_words()),
                    help,
                );
            }
        }
    }
}

fn is_promoted(entries: &[Entry], name: &str) -> bool {
    let paths = entries
        .iter()
        .filter_map(|entry| entry.node.get("paths"))
        .flat_map(Node::items);
    paths.into_iter().any(|path| path.text("column") == Some(name))
}
