use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::notify::Origin;
use crate::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// A place that messages go to: a chat room, a mailbox, a web hook, a pager.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.channels")]
pub struct Channel {
    /// UUIDv7, made by the client; of a channel from a manifest, the UUIDv5 of tenant, type and endpoint.
    pub id: Id<Channel>,
    /// Whose channel it is.
    pub tenant_id: TenantId,
    /// What people call the channel; unique among the tenant's channels that are not deleted.
    pub name: String,
    /// What the channel is for, in its owner's words.
    pub description: Option<String>,
    /// What kind of place it is; decides what `endpoint` means.
    #[column("type")]
    pub kind: ChannelType,
    /// The room, mailbox, URL or service that is written to, without anything secret in it.
    pub endpoint: String,
    /// Where the secret store keeps the channel's secret, never the secret; none: it needs none.
    pub secret_ref: Option<String>,
    /// How messages are handed over; none: as the service does by default.
    pub settings: Option<ChannelSettings>,
    /// Whether the row is kept here or in a manifest.
    pub origin: Origin,
    /// Whether messages are sent. What is meant for a disabled channel is suppressed, not held.
    pub enabled: bool,
    /// Counts the versions of the row; an editor names the one that was read.
    pub row_version: i64,
    /// The subject that created the channel: a user or a service identity.
    pub created_by: String,
    /// The subject that changed the channel last.
    pub updated_by: String,
    /// When the channel was created.
    pub created_at: Timestamp,
    /// When the channel was changed last.
    pub updated_at: Timestamp,
    /// When the channel was deleted; none: it was not.
    pub deleted_at: Option<Timestamp>,
}

/// What kind of place a message goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, DbEnum)]
#[db_enum("notify.channel_type")]
pub enum ChannelType {
    /// A room of Slack.
    Slack,
    /// A room of Microsoft Teams.
    Teams,
    /// A mailbox.
    Email,
    /// An HTTP endpoint.
    Webhook,
    /// A paging service.
    Pager,
    /// The service's own output, for trials.
    Console,
}

/// How messages are handed over to a channel. Members that its type does not know are ignored by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("notify.channel_settings")]
#[serde(rename_all = "camelCase")]
pub struct ChannelSettings {
    /// How long an answer of the other side is waited for, in seconds.
    pub timeout_seconds: Option<u16>,
    /// Users or groups of a chat system that every message mentions.
    pub mentions: Option<BTreeSet<String>>,
    /// The mailbox that answers to a mail go to.
    pub reply_to: Option<String>,
    /// Mailboxes that get a copy of every mail.
    pub copy_to: Option<BTreeSet<String>>,
    /// The HTTP method of a web hook; none: POST.
    pub method: Option<HttpMethod>,
    /// HTTP headers that a web hook gets, none of them secret.
    pub headers: Option<BTreeMap<String, String>>,
    /// How the body is signed with the channel's secret; none: it is not.
    pub signature: Option<SignatureMethod>,
}

/// The HTTP method of a web hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "UPPERCASE")]
pub enum HttpMethod {
    /// POST.
    Post,
    /// PUT.
    Put,
}

/// How the body of a web hook is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum SignatureMethod {
    /// HMAC with SHA-256.
    #[serde(rename = "hmac_sha256")]
    HmacSha256,
    /// HMAC with SHA-512.
    #[serde(rename = "hmac_sha512")]
    HmacSha512,
}

/// The namespace of the ids of channels from manifests. It never changes: with another one, every
/// manifest would make its channels a second time.
const MANIFEST_NAMESPACE: Uuid = Uuid::from_u128(0x5e1d_6c0b_8f2a_4c3e_9b71_20d4_a6f3_c815);

impl Channel {
    /// The id of a channel from a manifest: the same for the same tenant, type and endpoint, on every
    /// machine and in every order.
    ///
    /// ```
    /// use stellaops_db::TenantId;
    /// use stellaops_db::schema::notify::{Channel, ChannelType};
    ///
    /// let acme = TenantId::new("acme")?;
    /// let id = Channel::manifest_id(&acme, ChannelType::Slack, "#security-alerts");
    /// assert_eq!(id, Channel::manifest_id(&acme, ChannelType::Slack, "#security-alerts"));
    /// assert_ne!(id, Channel::manifest_id(&acme, ChannelType::Teams, "#security-alerts"));
    /// # Ok::<(), stellaops_db::InvalidTenantId>(())
    /// ```
    pub fn manifest_id(tenant: &TenantId, kind: ChannelType, endpoint: &str) -> Id<Channel> {
        // NUL stands in none of the three, so that different channels have different texts.
        let name = [tenant.as_str(), kind.name(), endpoint].join("\0");
        Id::new(Uuid::new_v5(&MANIFEST_NAMESPACE, name.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_channel_from_a_manifest_never_changes() {
        let acme = TenantId::new("acme").expect("it is a tenant id");
        let id = Channel::manifest_id(&acme, ChannelType::Slack, "#security-alerts");
        assert_eq!(id.uuid().get_version_num(), 5);
        assert_eq!(id.to_string(), "2b9e69a2-1790-55bd-9528-ee1b75cfc6dd");
    }

    #[test]
    fn tenant_type_and_endpoint_each_make_another_channel() {
        let tenant = |name: &str| TenantId::new(name).expect("it is a tenant id");
        let ids = [
            Channel::manifest_id(&tenant("acme"), ChannelType::Slack, "#alerts"),
            Channel::manifest_id(&tenant("acm"), ChannelType::Slack, "#alerts"),
            Channel::manifest_id(&tenant("acme"), ChannelType::Teams, "#alerts"),
            Channel::manifest_id(&tenant("acme"), ChannelType::Slack, "#alert"),
        ];
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
}
