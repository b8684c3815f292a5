use stellaops_db::Projection;
use stellaops_db_tests::shop::{Order, OrderRepository, PriceList};

#[derive(Projection)]
#[projection("shop.price_lists", of = "PriceList")]
pub struct Words {
    pub labels: Vec<String>,
}

fn list(orders: OrderRepository) {
    let _ = orders.list(Order::BY_NEWEST).project::<Words>();
}

fn main() {}
