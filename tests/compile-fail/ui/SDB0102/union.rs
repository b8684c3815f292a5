use stellaops_db::Table;

#[derive(Table)]
#[table("shop.price_lists")]
pub union PriceList {
    pub id: u64,
    pub tenant_id: u64,
}

fn main() {}
