use stellaops_db::DbEnum;

#[derive(Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.order_tpye")]
pub enum OrderType {
    Goods,
    GiftCard,
}

fn main() {
    let _ = OrderType::Goods;
}
