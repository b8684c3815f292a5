use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stellaops_db::{Id, Jsonb, Table, TenantId, Timestamp};

/// What articles cost: a list of one shop, or one that all shops may use.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("shop.price_lists")]
pub struct PriceList {
    /// The shop; `@global` for a list that all may use.
    pub tenant_id: TenantId,
    /// Which list.
    pub id: Id<PriceList>,
    /// How people call it.
    pub name: String,
    /// The currency of all its prices.
    pub currency: String,
    /// The prices.
    pub prices: Prices,
    /// When the list was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
}

/// What each article costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Jsonb)]
#[serde(deny_unknown_fields)]
#[jsonb("shop.prices")]
pub struct Prices {
    /// From the article's number to its price, in the smallest unit of the currency.
    pub articles: BTreeMap<String, i64>,
}
