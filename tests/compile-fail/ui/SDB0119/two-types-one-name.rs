use stellaops_db::{Id, Table, TenantId};


#[derive(Table)]
#[table("shop.price_lists", new = "Prices", repository = "Prices")]
pub struct PriceList {
    pub id: Id<PriceList>,
    pub tenant_id: TenantId,
    pub labels: Vec<String>,
}

fn main() {}
