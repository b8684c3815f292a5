use stellaops_db_tests::shop::{Order, OrderType};

pub async fn example() {
    let _ = Order::patch().kind(OrderType::Goods);
}

fn main() {}
