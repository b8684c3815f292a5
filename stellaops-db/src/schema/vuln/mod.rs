//! Schema `vuln`: what each source published about vulnerabilities, and the one advisory that is merged
//! from it. Reference data: every tenant reads it, a system scope alone writes it.
//!
//! * Where it comes from: [`Source`]s are kept by operators; a [`SourceState`] says how far each was read
//!   and when it is read next.
//! * What was published: [`FeedSnapshot`]s and [`AdvisorySnapshot`]s hold what a source said, word for
//!   word. They are facts, found by their content; the versions of a document form a chain.
//! * What we conclude: an [`Advisory`] for each vulnerability, with its [`AdvisoryAlias`]es,
//!   [`AdvisoryCvss`] ratings, [`AdvisoryAffected`] packages, [`AdvisoryReference`]s and
//!   [`AdvisoryWeakness`]es; [`KevFlag`]s say which are exploited.
//! * How we concluded it: [`MergeEvent`]s keep every decision between sources that disagreed.
//!
//! A connector stores documents with [`Repository::record`](crate::Repository::record), a merge its outcome with
//! [`Repository::put`](crate::Repository::put); both write nothing when the content is what is there.
//!
//! Each statement carries its provenance: the source, [`ProvenanceKind`], where it stood, and when it was
//! taken over.

/// The SQL of the schema. It begins with what all schemas share, so that it also applies alone;
/// idempotent, one transaction.
pub const SQL: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas/vuln.sql"));

mod advisories;
mod advisory_affected;
mod advisory_aliases;
mod advisory_cvss;
mod advisory_references;
mod advisory_snapshots;
mod advisory_weaknesses;
mod cvss;
mod feed_snapshots;
mod kev_flags;
mod merge;
mod merge_events;
mod provenance;
mod record;
mod severity;
mod source_states;
mod sources;

use crate::Expected;

pub use advisories::*;
pub use advisory_affected::*;
pub use advisory_aliases::*;
pub use advisory_cvss::*;
pub use advisory_references::*;
pub use advisory_snapshots::*;
pub use advisory_weaknesses::*;
pub use cvss::*;
pub use feed_snapshots::*;
pub use kev_flags::*;
pub use merge::*;
pub use merge_events::*;
pub use provenance::*;
pub use record::*;
pub use severity::*;
pub use source_states::*;
pub use sources::*;

/// The tables of the schema, for [`Config::expecting`](crate::Config::expecting).
pub const TABLES: &[Expected] = &[
    Expected::of::<Advisory>(),
    Expected::of::<AdvisoryAffected>(),
    Expected::of::<AdvisoryAlias>(),
    Expected::of::<AdvisoryCvss>(),
    Expected::of::<AdvisoryReference>(),
    Expected::of::<AdvisorySnapshot>(),
    Expected::of::<AdvisoryWeakness>(),
    Expected::of::<FeedSnapshot>(),
    Expected::of::<KevFlag>(),
    Expected::of::<MergeEvent>(),
    Expected::of::<SourceState>(),
    Expected::of::<Source>(),
];
