use crate::schema::vex::{LinksetAgreement, LinksetDisagreements, LinksetId, Statement};
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// A change of a linkset: which claims came and went, and what it came to. Never changed.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.linkset_events")]
pub struct LinksetEvent {
    /// Numbered by the database; breaks ties of `created_at`.
    pub id: i64,
    /// Whose event it is.
    pub tenant_id: TenantId,
    /// The linkset.
    pub linkset_id: LinksetId,
    /// The row version of the linkset after the change.
    pub linkset_version: i64,
    /// What happened.
    pub kind: LinksetEventKind,
    /// What the linkset had come to before; none: there was none.
    pub agreement_before: Option<LinksetAgreement>,
    /// What it has come to.
    pub agreement_after: LinksetAgreement,
    /// The statements that came, sorted.
    pub added: Vec<Id<Statement>>,
    /// The statements that went, sorted.
    pub removed: Vec<Id<Statement>>,
    /// The digest of the linkset's content after the change.
    pub content_digest: String,
    /// On what the claims disagreed after the change; none: they did not.
    pub disagreements: Option<LinksetDisagreements>,
    /// When the linkset was changed.
    pub created_at: Timestamp,
}

/// What happened to a linkset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.linkset_event_kind")]
pub enum LinksetEventKind {
    /// It was made.
    Created,
    /// Its claims changed.
    ClaimsChanged,
    /// Only the aliases of its vulnerability did.
    AliasesChanged,
}
