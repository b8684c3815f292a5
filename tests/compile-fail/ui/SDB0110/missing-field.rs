use stellaops_db::{Id, Table, TenantId};


#[derive(Table)]
#[table("shop.price_lists")]
pub struct PriceList {
    pub id: Id<PriceList>,
    pub tenant_id: TenantId,
}

fn main() {}
