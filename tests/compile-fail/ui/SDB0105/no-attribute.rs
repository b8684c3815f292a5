use stellaops_db::{Id, Table, TenantId};


#[derive(Table)]
pub struct PriceList {
    pub id: Id<PriceList>,
    pub tenant_id: TenantId,
}

fn main() {}
