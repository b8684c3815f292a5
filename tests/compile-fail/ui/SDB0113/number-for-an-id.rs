use stellaops_db::{Table, TenantId};

#[derive(Table)]
#[table("shop.price_lists")]
pub struct PriceList {
    pub id: u128,
    pub tenant_id: TenantId,
    pub labels: Vec<String>,
}

fn main() {}
