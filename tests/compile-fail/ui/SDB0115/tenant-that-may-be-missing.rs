use stellaops_db::{Id, Table, TenantId};

#[derive(Table)]
#[table("shop.price_lists")]
pub struct PriceList {
    pub id: Id<PriceList>,
    pub tenant_id: Option<TenantId>,
    pub labels: Vec<String>,
}

fn main() {}
