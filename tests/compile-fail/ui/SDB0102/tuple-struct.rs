use stellaops_db::{Id, Table, TenantId};


#[derive(Table)]
#[table("shop.price_lists")]
pub struct PriceList(Id<PriceList>, TenantId, Vec<String>);

fn main() {}
