use stellaops_db::{Id, Table, TenantId};


#[derive(Table)]
#[table("shop.price_lists")]
pub struct PriceList {
    pub id: Id<PriceList>,
    pub tenant_id: TenantId,
    pub lables: Vec<String>,
}

fn main() {
    let _ = PriceList::new_row().id(Id::new(Default::default()));
}
