use stellaops_db::{Id, Table, TenantId};


#[derive(Table)]
#[table("shop.price_lists")]
pub struct PriceList<L> {
    pub id: Id<Self>,
    pub tenant_id: TenantId,
    pub labels: L,
}

fn main() {}
