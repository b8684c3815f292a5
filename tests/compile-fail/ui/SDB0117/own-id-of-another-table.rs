use stellaops_db::{Id, Table, TenantId};
use stellaops_db_tests::shop::Customer;

#[derive(Table)]
#[table("shop.price_lists")]
pub struct PriceList {
    pub id: Id<Customer>,
    pub tenant_id: TenantId,
    pub labels: Vec<String>,
}

fn main() {}
