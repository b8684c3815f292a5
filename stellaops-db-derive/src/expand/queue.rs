//! What a queue is, as data.

use proc_macro2::{Literal as Number, TokenStream};
use quote::quote;
use stellaops_db_spec::model::{ColumnType, EnumValue, Literal, Queue, QueueSteps};
use stellaops_db_spec::statement::Statements;

use crate::check::JoinedTable;
use crate::expand::default;
use crate::expand::descriptor::option;

/// `queue: Some(QueueDescriptor { … }),` of a table that is one.
pub(crate) fn queue(joined: &JoinedTable<'_>, statements: &Statements) -> Option<TokenStream> {
    let (queue, statements) = (joined.table.queue.as_ref()?, statements.queue.as_ref()?);
    let position = |column| joined.position(column);
    let (lease, attempts) = (position(&queue.lease_expires_at), position(&queue.attempts));
    let steps = option(queue.steps.as_ref().map(|steps| self::steps(joined, steps)));
    let has_reason = queue.reason.is_some();
    let (first, most) = wait(queue);
    let texts = [
        ("claim", Some(&statements.claim)),
        ("claim_across", statements.claim_across.as_ref()),
        ("renew", Some(&statements.renew)),
        ("finish", statements.finish.as_ref()),
        ("fail", Some(&statements.fail)),
        ("reschedule", Some(&statements.reschedule)),
        ("release", Some(&statements.release)),
    ];
    let texts = texts.into_iter().map(|(verb, text)| {
        let verb = quote::format_ident!("{verb}");
        let text = text.map(String::as_str).unwrap_or_default();
        quote!(#verb: #text)
    });
    Some(quote! {
        queue: __sdb::Some(__sdb::QueueDescriptor {
            lease_expires_at: #lease,
            attempts: #attempts,
            steps: #steps,
            has_reason: #has_reason,
            retry_after: #first,
            retry_after_most: #most,
            statements: __sdb::QueueStatements { #(#texts),* },
        }),
    })
}

fn steps(joined: &JoinedTable<'_>, steps: &QueueSteps) -> TokenStream {
    let status = joined.position(&steps.status);
    let column_type = &steps.status.column_type;
    let done = value(column_type, &steps.done);
    let failed = option(steps.failed.as_ref().map(|failed| value(column_type, failed)));
    quote!(__sdb::QueueSteps { status: #status, done: #done, failed: #failed })
}

fn value(column_type: &ColumnType, value: &EnumValue) -> TokenStream {
    let value = default::of_literal(column_type, &Literal::EnumValue(value.name.clone()));
    quote!(__sdb::ColumnDefault::#value)
}

fn wait(queue: &Queue) -> (Number, Number) {
    (
        Number::i32_unsuffixed(queue.backoff.first),
        Number::i32_unsuffixed(queue.backoff.most),
    )
}
