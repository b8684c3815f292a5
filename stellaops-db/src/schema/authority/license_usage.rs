use chrono::NaiveDate;

use crate::schema::authority::License;
use crate::{Id, Table, TenantId, Timestamp};

/// How much of one metric a tenant used on one day, under one licence.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("authority.license_usage")]
pub struct LicenseUsage {
    /// Whose usage it is.
    pub tenant_id: TenantId,
    /// The tenant of the licence, or `@global`.
    pub license_tenant_id: TenantId,
    /// The licence it is counted against.
    pub license_id: Id<License>,
    /// What was counted, as the licence's limits name it.
    pub metric: String,
    /// The UTC day.
    pub day: NaiveDate,
    /// How much was used on the day.
    pub quantity: i64,
    /// The service that counted, named like its schema.
    pub measured_by: String,
    /// When the day was first counted.
    pub created_at: Timestamp,
    /// When it was counted last.
    pub updated_at: Timestamp,
}
