use stellaops_db::DbEnum;

#[derive(Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("store.order_type")]
pub enum OrderType {
    Goods,
    GiftCard,
}

fn main() {}
