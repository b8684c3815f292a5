use stellaops_db::DbEnum;

#[derive(Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.order_type")]
pub enum OrderType {
    #[value("goods", code = 3)]
    Goods,
    GiftCard,
}

fn main() {}
