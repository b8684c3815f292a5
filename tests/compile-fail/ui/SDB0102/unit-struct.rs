use stellaops_db::Table;

#[derive(Table)]
#[table("shop.price_lists")]
pub struct PriceList;

fn main() {}
