use stellaops_db::{Id, Table};

#[derive(Table)]
#[table("shop.price_lists")]
pub struct PriceList {
    pub id: Id<PriceList>,
    pub labels: Vec<String>,
}

fn main() {}
