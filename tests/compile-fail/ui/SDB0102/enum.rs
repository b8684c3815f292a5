use stellaops_db::Table;

#[derive(Table)]
#[table("shop.price_lists")]
pub enum PriceList {
    Own,
    Global,
}

fn main() {}
