use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{DbEnum, Jsonb, Sensitive, Table, TenantId, Timestamp};

/// A tenant: somebody whose data lies apart from everybody else's.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.tenants")]
pub struct Tenant {
    /// The id that every other row names the tenant by.
    pub tenant_id: TenantId,
    /// What people call the tenant.
    pub display_name: String,
    /// How far a tenant has come; only an active one gets tokens, a closed one never comes back.
    pub status: TenantStatus,
    /// Why the tenant was suspended or closed, for a person.
    pub status_reason: Option<String>,
    /// The tenant in the operator's own books.
    pub customer_number: Option<String>,
    /// Whom the operator writes to about the tenant.
    pub contact_email: Option<Sensitive<String>>,
    /// What the tenant decided about sign-in and tokens.
    pub settings: Option<TenantSettings>,
    /// When the last of the tenant's data was erased.
    pub closed_at: Option<Timestamp>,
    /// Counts the versions of the row.
    pub row_version: i64,
    /// The subject that entered the tenant: an operator or a service.
    pub created_by: String,
    /// The subject that changed the tenant last.
    pub updated_by: String,
    /// When the tenant was entered.
    pub created_at: Timestamp,
    /// When the tenant was changed last.
    pub updated_at: Timestamp,
}

/// How far a tenant has come; only an active one gets tokens, a closed one never comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("authority.tenant_status")]
pub enum TenantStatus {
    /// Being set up.
    Provisioning,
    /// At work.
    Active,
    /// Barred for a while; there is a reason.
    Suspended,
    /// Leaving: data is exported and erased.
    Closing,
    /// Gone, for good.
    Closed,
}

/// What a tenant decided about sign-in and tokens; what is absent follows the installation's defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[jsonb("authority.tenant_settings")]
#[serde(rename_all = "camelCase")]
pub struct TenantSettings {
    /// Whether every person needs a second factor.
    pub require_second_factor: Option<bool>,
    /// The least length of a password, in characters.
    pub password_min_length: Option<u32>,
    /// After how many failures in a row a user is locked.
    pub lock_after_failures: Option<u32>,
    /// For how long, in seconds.
    pub lock_seconds: Option<u32>,
    /// How long an access token is good for, in seconds.
    pub access_token_seconds: Option<u32>,
    /// How long a refresh token is good for, in seconds.
    pub refresh_token_seconds: Option<u32>,
    /// Domains that addresses of invited users may have, in lower case; absent means any.
    pub allowed_email_domains: Option<BTreeSet<String>>,
}
