use stellaops_db_tests::shop::{Order, OrderRepository};

pub async fn example(orders: OrderRepository) {
    let _ = orders.list(Order::CREATED_AT).await;
}

fn main() {}
