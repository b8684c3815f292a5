use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::schema::notify::{Channel, Incident, Rule, Severity, Template, TemplateFormat};
use crate::{DbEnum, Error, Id, Jsonb, Sensitive, Table, TenantId, Timestamp};

/// A message for one channel, from the moment it is due until it is sent, given up or held back.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.deliveries")]
pub struct Delivery {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Delivery>,
    /// Whose delivery it is.
    pub tenant_id: TenantId,
    /// The channel that the message goes to.
    pub channel_id: Id<Channel>,
    /// What is told.
    pub kind: DeliveryKind,
    /// How far the delivery has come; changes by compare-and-swap.
    pub status: DeliveryStatus,
    /// How important the message is, 100 most.
    pub priority: i16,
    /// What the message is about; made by [`deduplication_key`].
    pub deduplication_key: String,
    /// The event that is told; none: a digest or a trial tells no single one.
    pub event_id: Option<String>,
    /// The type of what is told: of a digest `notify.digest`, of a trial `notify.trial`.
    pub event_type: String,
    /// The rule that asked for the message; none: an escalation or a person did.
    pub rule_id: Option<Id<Rule>>,
    /// The template that the message was made from; none: the service's own text.
    pub template_id: Option<Id<Template>>,
    /// The version of that template; none: the service's own text.
    pub template_version: Option<i64>,
    /// The incident that the message is about.
    pub incident_id: Option<Id<Incident>>,
    /// Whom of the channel the message is for; none: the channel as a whole.
    pub recipient: Option<Sensitive<String>>,
    /// The finished message.
    pub message: DeliveryMessage,
    /// Why the delivery failed, was cancelled, waits or is suppressed, for a person.
    pub status_reason: Option<String>,
    /// When the message may be sent, due once the database's clock has passed it; moved by each retry.
    pub not_before: Timestamp,
    /// After when the message is cancelled instead of sent; none: it is always of use.
    pub expires_at: Option<Timestamp>,
    /// When the claim ends unless it is renewed, by the database's clock.
    pub lease_expires_at: Option<Timestamp>,
    /// The name of the worker that holds the claim.
    pub leased_by: Option<String>,
    /// How often the delivery was claimed.
    pub attempts: i32,
    /// When the other side took the message, by the worker's clock.
    pub sent_at: Option<Timestamp>,
    /// The request that all this began with, as traces name it.
    pub correlation_id: Option<String>,
    /// When the delivery was asked for.
    pub created_at: Timestamp,
    /// When the delivery was changed last.
    pub updated_at: Timestamp,
}

/// What a delivery tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.delivery_kind")]
pub enum DeliveryKind {
    /// One event.
    Alert,
    /// The events of a digest.
    Digest,
    /// A step of an escalation.
    Escalation,
    /// Nothing but that the channel works.
    Trial,
}

/// How far a delivery has come; sent, failed, suppressed and cancelled are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("notify.delivery_status")]
pub enum DeliveryStatus {
    /// Waits for its time.
    Scheduled,
    /// To be claimed.
    Queued,
    /// Claimed.
    Sending,
    /// Taken by the other side.
    Sent,
    /// Given up; there is a reason.
    Failed,
    /// Not to be sent: throttled or silenced; there is a reason.
    Suppressed,
    /// Of no use any more, or called off.
    Cancelled,
}

/// The finished message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.delivery_message")]
#[serde(rename_all = "camelCase")]
pub struct DeliveryMessage {
    /// What it is about: the subject of a mail, the first line of a post.
    pub title: String,
    /// The text, written in `format`.
    pub body: String,
    /// How `body` is written.
    pub format: TemplateFormat,
    /// The same in plain text, for readers that show no other.
    pub plain_body: Option<String>,
    /// The language of the text; none: English.
    pub locale: Option<String>,
    /// How serious the matter is.
    pub severity: Severity,
    /// Where the matter is looked at.
    pub link: Option<String>,
    /// Documents that go with the message.
    pub attachments: Option<Vec<DeliveryAttachment>>,
}

/// A document that goes with a message; the object store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.delivery_attachment")]
#[serde(rename_all = "camelCase")]
pub struct DeliveryAttachment {
    /// The name that the reader sees.
    pub name: String,
    /// What kind of document it is, a media type.
    pub media_type: String,
    /// SHA-256 of the document, by which the object store finds it.
    pub digest: String,
    /// How large the document is, in bytes.
    pub size_bytes: u32,
}

/// What became of a request to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// The delivery is new.
    New(Delivery),
    /// There is a delivery of the same deduplication key: the matter is told, or being told.
    Known(Delivery),
}

/// What a message is about, as deliveries and inboxes compare it: SHA-256 over the parts, each with its
/// length, in their order. The parts of an alert are its event, rule and channel.
///
/// ```
/// use stellaops_db::schema::notify::deduplication_key;
///
/// let key = deduplication_key(&["evt-1", "0190a5d4-0000-7000-8000-000000000001"]);
/// assert!(key.starts_with("sha256:") && key.len() == 71);
/// assert_ne!(deduplication_key(&["ab", "c"]), deduplication_key(&["a", "bc"]));
/// ```
pub fn deduplication_key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

fn is_deduplicated(error: &Error) -> bool {
    matches!(error, Error::UniqueViolation { key: Some(key), .. } if key.name == Some("deduplication_key"))
}

impl DeliveryRepository {
    /// Asks for a message, once: a delivery of the same deduplication key is given back in its place.
    /// One exchange for what is new. A key that is taken ends the transaction that it is asked in;
    /// outside of one, a second exchange reads the delivery.
    ///
    /// # Errors
    /// As [`crate::Repository::insert`].
    pub async fn enqueue(&self, delivery: NewDelivery) -> Result<Enqueued, Error> {
        let key = delivery.0.text(Delivery::DEDUPLICATION_KEY).map(str::to_owned);
        match self.insert(delivery).await {
            Err(error) if is_deduplicated(&error) => {
                let known = match key {
                    Some(key) => self.get_by_deduplication_key(key).await?,
                    None => None,
                };
                known.map(Enqueued::Known).ok_or(error)
            }
            inserted => inserted.map(Enqueued::New),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deduplication_key_of_the_same_parts_never_changes() {
        assert_eq!(
            deduplication_key(&["evt-1", "rule", "channel"]),
            "sha256:b04cfbbc86fdd59d5d6a81053aab3ea6e750a45bb865c61fff0024cac192fc7c"
        );
    }

    #[test]
    fn the_order_and_the_ends_of_the_parts_make_another_key() {
        let keys = [&["a", "bc"][..], &["ab", "c"], &["bc", "a"], &["a", "bc", ""]].map(deduplication_key);
        assert!(
            keys.iter()
                .enumerate()
                .all(|(place, key)| !keys[..place].contains(key)),
            "{keys:?}"
        );
    }
}
