use chrono::NaiveDate;
use stellaops_db::{Id, Table, TenantId};

use crate::Order;

/// Money that came for an order.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("shop.payments")]
pub struct Payment {
    /// The shop.
    pub tenant_id: TenantId,
    /// Numbered by the database.
    pub id: i64,
    /// What was paid for.
    pub order_id: Id<Order>,
    /// In the smallest unit of the currency.
    pub amount: i64,
    /// The bank's own number of the transfer.
    pub reference: String,
    /// The day on the bank's statement.
    pub paid_on: NaiveDate,
}
