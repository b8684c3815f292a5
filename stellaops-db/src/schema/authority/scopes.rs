use crate::{Table, Timestamp};

/// A right that some service knows and checks, such as to read dependency graphs.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.scopes")]
pub struct Scope {
    /// The scope as tokens carry it: the resource, a colon, what is done with it.
    pub name: String,
    /// The service that checks it, named like its schema.
    pub service: String,
    /// What it allows, as a person reads it who approves.
    pub description: String,
    /// The scopes that whoever has this one has too, sorted; not followed further.
    pub implied: Vec<String>,
    /// Whether a token gets it only with a reason or a ticket among its claims.
    pub needs_reason: bool,
    /// How long ago a person may have signed in to use it, in seconds.
    pub max_authentication_age_seconds: Option<i32>,
    /// Since when it is given to nobody any more.
    pub withdrawn_at: Option<Timestamp>,
    /// The scope that takes its place.
    pub replaced_by: Option<String>,
    /// When a release first brought it.
    pub created_at: Timestamp,
    /// When a release changed it last.
    pub updated_at: Timestamp,
}
