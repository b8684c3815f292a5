use stellaops_db::DbEnum;

#[derive(Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.order_status")]
pub enum OrderStatus {
    Open,
}

fn main() {}
