use stellaops_db::DbEnum;

#[derive(Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.order_type")]
pub enum OrderType {
    Goods,
    GiftCard,
    Service,
}

fn main() {
    let _ = OrderType::Goods;
}
