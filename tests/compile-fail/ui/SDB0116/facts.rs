use stellaops_db::Table;

#[derive(Table)]
#[table("shop.payments")]
pub struct Payment {
    pub id: i64,
    pub cents: i64,
}

fn main() {}
