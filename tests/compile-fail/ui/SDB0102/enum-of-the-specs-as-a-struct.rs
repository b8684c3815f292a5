use stellaops_db::DbEnum;

#[derive(Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.order_type")]
pub struct OrderType;

fn main() {}
