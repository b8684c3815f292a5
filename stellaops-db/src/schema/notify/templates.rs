use serde::{Deserialize, Serialize};

use crate::schema::notify::{ChannelType, Origin};
use crate::{DbEnum, Id, Table, TenantId, Timestamp};

/// The text of a message, for one kind of channel and one language.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("notify.templates")]
pub struct Template {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Template>,
    /// Whose template it is.
    pub tenant_id: TenantId,
    /// What rules name the text by, in every form and language.
    pub key: String,
    /// The kind of channel that the text is made for.
    pub channel_type: ChannelType,
    /// The language of the text, a BCP 47 tag: `en`, `pt-BR`, `zh-Hant-TW`.
    pub locale: String,
    /// What the text is for, for those who edit it.
    pub description: Option<String>,
    /// How the finished text is written.
    pub format: TemplateFormat,
    /// The text of the title or the mail's subject; none: the kind of channel has none.
    pub subject: Option<String>,
    /// The text, with placeholders.
    pub body: String,
    /// The placeholders that the event must fill; checked before the text is used.
    pub variables: Vec<String>,
    /// Whether the row is kept here or in a manifest.
    pub origin: Origin,
    /// Counts the versions of the text; an editor names the one that was read.
    pub row_version: i64,
    /// The subject that created the template.
    pub created_by: String,
    /// The subject that changed the template last.
    pub updated_by: String,
    /// When the template was created.
    pub created_at: Timestamp,
    /// When the template was changed last.
    pub updated_at: Timestamp,
    /// When the template was deleted; none: it was not.
    pub deleted_at: Option<Timestamp>,
}

/// How the finished text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, DbEnum)]
#[db_enum("notify.template_format")]
#[serde(rename_all = "snake_case")]
pub enum TemplateFormat {
    /// Plain text.
    Plain,
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
    /// JSON, as the other side wants it.
    Json,
}
