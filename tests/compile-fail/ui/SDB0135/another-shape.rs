use stellaops_db::{Id, Table, TenantId, Timestamp};
use stellaops_db_tests::shop::{Address, Customer, OrderStatus, OrderType};

#[derive(Table)]
#[table("shop.orders")]
pub struct Order {
    pub id: Id<Order>,
    pub tenant_id: TenantId,
    pub customer_id: Id<Customer>,
    #[column("type")]
    pub kind: OrderType,
    pub status: OrderStatus,
    pub delivery: Address,
    pub lease_expires_at: Option<Timestamp>,
    pub leased_by: Option<String>,
    pub attempts: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

fn main() {}
