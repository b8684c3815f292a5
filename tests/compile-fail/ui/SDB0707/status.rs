use stellaops_db_tests::shop::{Order, OrderStatus};

pub async fn example() {
    let _ = Order::patch().status(OrderStatus::Sent);
}

fn main() {}
