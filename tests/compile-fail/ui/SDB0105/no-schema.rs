use stellaops_db::{Id, Table, TenantId};

#[derive(Table)]
#[table("price_lists")]
pub struct PriceList {
    pub id: Id<PriceList>,
    pub tenant_id: TenantId,
    pub labels: Vec<String>,
}

fn main() {}
