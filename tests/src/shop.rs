//! The tables of `tests/shop/specs` as structs, of every tenancy: compile-fail cases use them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stellaops_db::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

/// Who buys.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("shop.customers", specs = "shop/specs")]
pub struct Customer {
    /// The id.
    pub id: Id<Customer>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// How they are called.
    pub name: String,
    /// How friends call them.
    pub nick: Option<String>,
    /// Counts the versions.
    pub row_version: i64,
    /// When they left.
    pub deleted_at: Option<Timestamp>,
}

/// What a customer wants.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("shop.orders", specs = "shop/specs")]
pub struct Order {
    /// The id.
    pub id: Id<Order>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Who ordered.
    pub customer_id: Id<Customer>,
    /// What kind of order it is.
    #[column("type")]
    pub kind: OrderType,
    /// How far it has come.
    pub status: OrderStatus,
    /// How it reaches its customer.
    pub delivery: Delivery,
    /// When the claim ends.
    pub lease_expires_at: Option<Timestamp>,
    /// Who packs it.
    pub leased_by: Option<String>,
    /// How often it was claimed.
    pub attempts: i32,
    /// When it came.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

/// What kind of order it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.order_type", specs = "shop/specs")]
pub enum OrderType {
    /// Goods.
    Goods,
    /// A gift card.
    GiftCard,
}

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.order_status", specs = "shop/specs")]
pub enum OrderStatus {
    /// Nobody has begun.
    Open,
    /// Somebody is at it.
    Packing,
    /// Done.
    Sent,
}

/// How an order reaches its customer.
#[derive(Debug, Clone, PartialEq, Jsonb)]
#[jsonb("shop.delivery", specs = "shop/specs")]
pub enum Delivery {
    /// It is sent.
    Sent(Address),
    /// It is fetched.
    Fetched(Pickup),
}

/// Where something is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Jsonb)]
#[jsonb("shop.address", specs = "shop/specs")]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// The street.
    pub street_name: String,
    /// For the driver.
    pub note: Option<String>,
}

/// Where something is fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Jsonb)]
#[jsonb("shop.pickup", specs = "shop/specs")]
pub struct Pickup {
    /// Its number.
    pub counter: u32,
    /// What others add.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

/// Money that came.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("shop.payments", specs = "shop/specs")]
pub struct Payment {
    /// The number.
    pub id: i64,
    /// The tenant.
    pub tenant_id: TenantId,
    /// How much.
    pub cents: i64,
}

/// A country, the same for all tenants.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("shop.countries", specs = "shop/specs")]
pub struct Country {
    /// ISO 3166-1.
    pub code: String,
    /// How it is called.
    pub name: String,
}

/// Prices of one tenant, or of all.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("shop.price_lists", specs = "shop/specs")]
pub struct PriceList {
    /// The id.
    pub id: Id<PriceList>,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Words of the shop's own.
    pub labels: Vec<String>,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("shop.tenants", specs = "shop/specs")]
pub struct Tenant {
    /// The id.
    pub tenant_id: TenantId,
    /// How people call it.
    pub name: String,
}
