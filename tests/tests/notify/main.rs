//! Schema `notify` against a real PostgreSQL: what its own verbs promise, and what its checks keep out.

mod bulk;
mod escalation;
mod messages;
mod queue;
mod support;
