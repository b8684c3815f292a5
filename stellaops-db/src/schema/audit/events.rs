use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// One thing that somebody did, or was refused: who, what, to which thing, with what result, and why.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("audit.events")]
pub struct AuditEvent {
    /// The id; UUIDv7, made by the client.
    pub id: Id<AuditEvent>,
    /// Whose event it is.
    pub tenant_id: TenantId,
    /// When it was done, by the clock of the service that did it; its month is the row's partition.
    pub occurred_at: Timestamp,
    /// The service that wrote the event, named like its schema.
    pub service: String,
    /// What was done: the kind of thing, a dot, and the verb in the past.
    pub action: String,
    /// How it ended: it was done, it was refused for want of a right, or it was tried and failed.
    pub outcome: AuditOutcome,
    /// What kind of subject the actor is: a person, a machine's account, an OAuth client, or a service
    /// on its own account.
    pub actor_type: AuditActorType,
    /// The subject that did it: the id of a user, a service account or a client, or the name of the
    /// service itself.
    pub actor: String,
    /// The subject that had delegated it to the actor, from the claim `act` of the token.
    pub on_behalf_of: Option<String>,
    /// The kind of thing it was done to, usually schema and table.
    pub entity_type: String,
    /// The thing it was done to: its key as text, parts joined by slashes.
    pub entity_id: String,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// The ticket or change that the actor named.
    pub ticket: Option<String>,
    /// The request, as traces name it.
    pub correlation_id: Option<String>,
    /// What the deed changed.
    pub diff: Option<AuditDiff>,
    /// The number of the event among the tenant's, from 1 without gaps; set by the database.
    pub position: i64,
    /// The hash of the event before, 32 zero bytes for the first; set by the database.
    pub previous: Vec<u8>,
    /// SHA-256 of this row and of `previous`; set by the database.
    pub hash: Vec<u8>,
    /// When the event was written; later than `occurred_at` where a service had kept it back.
    pub created_at: Timestamp,
}

/// How it ended: it was done, it was refused for want of a right, or it was tried and failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("audit.audit_outcome")]
pub enum AuditOutcome {
    /// It was done.
    Succeeded,
    /// It was refused for want of a right.
    Denied,
    /// It was tried and failed.
    Failed,
}

/// What kind of subject the actor is: a person, a machine's account, an OAuth client, or a service on
/// its own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("audit.audit_actor_type")]
pub enum AuditActorType {
    /// A person.
    User,
    /// A machine's account.
    ServiceAccount,
    /// An OAuth client.
    Client,
    /// A service on its own account.
    System,
}

/// What changed in the thing: the members that differ, before and after. Any table may be meant, so the
/// two sides are open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("audit.audit_diff")]
#[serde(rename_all = "camelCase")]
pub struct AuditDiff {
    /// The names of the members that differ, sorted.
    pub changed: BTreeSet<String>,
    /// Those of them whose values are left out of both sides because they are secret or about a person.
    pub redacted: Option<BTreeSet<String>>,
    /// The changed members as they were; absent where the thing was made.
    pub before: Option<Map<String, Value>>,
    /// The changed members as they are; absent where the thing was deleted.
    pub after: Option<Map<String, Value>>,
}

impl AuditDiff {
    /// The members that differ between two states of a thing. One that was made has no state before,
    /// one that was deleted none after.
    ///
    /// ```
    /// use serde_json::{Map, json};
    /// use stellaops_db::schema::audit::AuditDiff;
    /// let state = |text| match text {
    ///     serde_json::Value::Object(members) => Some(members),
    ///     _ => None,
    /// };
    /// let before = state(json!({"name": "nightly", "enabled": true}));
    /// let after = state(json!({"name": "nightly", "enabled": false}));
    /// let diff = AuditDiff::between(before, after);
    /// assert!(diff.changed.iter().eq(["enabled"]));
    /// assert_eq!(diff.after, state(json!({"enabled": false})));
    /// ```
    pub fn between(before: Option<Map<String, Value>>, after: Option<Map<String, Value>>) -> Self {
        let member = |state: &Option<Map<String, Value>>, name: &str| {
            state.as_ref().and_then(|members| members.get(name)).cloned()
        };
        let names = before.iter().chain(&after).flat_map(Map::keys);
        let changed: BTreeSet<String> = names
            .filter(|name| member(&before, name) != member(&after, name))
            .cloned()
            .collect();
        let only_changed = |state: Option<Map<String, Value>>| {
            state.map(|members| {
                let members = members.into_iter();
                members.filter(|(name, _)| changed.contains(name)).collect()
            })
        };
        AuditDiff {
            redacted: None,
            before: only_changed(before),
            after: only_changed(after),
            changed,
        }
    }

    /// Leaves out the values of these members on both sides, and says that it did. That they changed
    /// stays visible.
    ///
    /// ```
    /// use serde_json::json;
    /// use stellaops_db::schema::audit::AuditDiff;
    /// let serde_json::Value::Object(after) = json!({"email": "ada@acme.example"}) else {
    ///     unreachable!()
    /// };
    /// let diff = AuditDiff::between(None, Some(after)).redact(["email"]);
    /// assert!(diff.changed.contains("email"));
    /// assert!(diff.after.is_some_and(|members| members.is_empty()));
    /// ```
    #[must_use]
    pub fn redact<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        for name in names {
            if !self.changed.contains(name) {
                continue;
            }
            for side in [&mut self.before, &mut self.after].into_iter().flatten() {
                side.remove(name);
            }
            self.redacted.get_or_insert_default().insert(name.to_owned());
        }
        self
    }
}
