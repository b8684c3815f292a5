use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stellaops_db::{DbEnum, Id, Jsonb, Table, TenantId, Timestamp};

use crate::PriceList;

/// What a customer wants, from the basket to the parcel.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("shop.orders")]
pub struct Order {
    /// The shop.
    pub tenant_id: TenantId,
    /// Which order.
    pub id: Id<Order>,
    /// The number on paper.
    pub number: String,
    /// How the customer gets it. A field may have the name of a key word, or another one:
    /// `#[column("type")] pub kind: OrderType`, as in `Report`.
    pub r#type: OrderType,
    /// How far it has come.
    pub status: OrderStatus,
    /// Who ordered.
    pub customer: String,
    /// Whose price list it is.
    pub price_list_tenant_id: TenantId,
    /// The prices that hold for it.
    pub price_list_id: Id<PriceList>,
    /// What was ordered, and where it goes.
    pub basket: Basket,
    /// What the packer should know.
    pub note: Option<String>,
    /// Counts the changes.
    pub version: i64,
    /// Who packs it.
    pub packer: Option<String>,
    /// When the packer's lease runs out.
    pub packer_until: Option<Timestamp>,
    /// How often it was claimed.
    pub attempts: i32,
    /// When it was thrown away.
    pub deleted_at: Option<Timestamp>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

/// How the customer gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.order_type")]
pub enum OrderType {
    /// By parcel.
    Delivery,
    /// At the counter.
    PickUp,
}

/// How far the order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.order_status")]
pub enum OrderStatus {
    /// Not paid yet.
    Open,
    /// Waits for a packer.
    Paid,
    /// A packer has it.
    Packing,
    /// On its way.
    Sent,
    /// Nobody wants it any more.
    Cancelled,
}

/// What was ordered, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[jsonb("shop.basket")]
pub struct Basket {
    /// From the article's number to how many of it.
    pub articles: BTreeMap<String, i64>,
    /// Where it goes.
    pub country: String,
    /// What is written on the card.
    pub gift_message: Option<String>,
}
