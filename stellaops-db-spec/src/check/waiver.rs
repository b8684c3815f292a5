//! Waivers: the faults that a table is excused from, with a reason, are taken back when all are known.

use crate::check::context::Context;
use crate::diagnostic::nearest;
use crate::load::{Document, FileRole};
use crate::model::{Database, Waiver};
use crate::rule::{self, Rule};
use crate::source::Span;
use crate::syntax::Node;

/// Takes back what is waived, fills [`Table::waivers`](crate::model::Table::waivers) with what
/// was, and reports waivers that say nothing.
pub(super) fn apply_waivers(context: &mut Context<'_>, documents: &[Document], database: &mut Database) {
    let mut idle: Vec<(&str, &'static Rule, Span)> = Vec::new();
    for document in documents {
        let FileRole::Table { schema, table } = &document.role else {
            continue;
        };
        let mut in_force = Vec::new();
        for node in written_waivers(&document.root) {
            let Some((rule, span)) = waived_rule(context, node) else {
                continue;
            };
            if context.diagnostics.take_back(rule, span.file) == 0 {
                idle.push((schema, rule, span));
                continue;
            }
            in_force.push(Waiver {
                rule,
                why: node.text("why").unwrap_or_default().into(),
                place: context.place(span),
            });
        }
        let tables = database
            .schemas
            .iter_mut()
            .filter(|known| known.name == *schema)
            .flat_map(|known| &mut known.tables);
        for known in tables.filter(|known| known.name == *table) {
            known.waivers = std::mem::take(&mut in_force);
        }
    }
    report_idle(context, documents, &idle);
}

fn written_waivers(root: &Node) -> impl Iterator<Item = &Node> {
    let nodes = root.get("waivers").map(Node::items).unwrap_or_default();
    nodes.iter().filter(|node| !node.faulty)
}

/// The rule that a waiver names, if it is one of judgement, and where.
fn waived_rule(context: &mut Context<'_>, node: &Node) -> Option<(&'static Rule, Span)> {
    let written = node.get("rule")?;
    let code = written.as_str()?;
    let Some(rule) = rule::find(code) else {
        let codes = rule::all().map(|rule| rule.code);
        let help = match nearest(code, codes).and_then(rule::find) {
            Some(near) => format!("did you mean {}: {}?", near.code, near.title),
            None => "write the code of a fault, as `stellaops-db check` shows it: `SDB0508`".into(),
        };
        context.push(
            rule::WAIVER_UNKNOWN,
            written.span,
            format!("no rule has the code `{code}`"),
            help,
        );
        return None;
    };
    if !rule.waivable {
        context.push(
            rule::WAIVER_REFUSED,
            written.span,
            format!("{} is no rule of judgement: {}", rule.code, rule.title),
            "remove the waiver and mend the fault",
        );
        return None;
    }
    Some((rule, written.span))
}

/// A waiver that excuses nothing was forgotten. In a schema with other faults nobody knows: a check
/// that was passed over because of them could have found what is waived.
fn report_idle(context: &mut Context<'_>, documents: &[Document], idle: &[(&str, &'static Rule, Span)]) {
    let is_faulty = |schema: &str| {
        let files: Vec<usize> = documents
            .iter()
            .filter(|document| document.role.schema() == Some(schema))
            .map(|document| document.root.span.file)
            .collect();
        context.diagnostics.is_any_in(&files)
    };
    let reported: Vec<_> = idle.iter().filter(|(schema, ..)| !is_faulty(schema)).collect();
    for (_, rule, span) in reported {
        context.push(
            rule::WAIVER_IDLE,
            *span,
            format!("nothing in this table breaks {} ({})", rule.code, rule.title),
            "remove the waiver: it would hide the next fault of that kind",
        );
    }
}
