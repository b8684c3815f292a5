use stellaops_db_tests::shop::{Order, OrderRepository};

pub async fn example(orders: OrderRepository) {
    let _ = orders.list(Order::BY_ATTEMPTS_EVERYWHERE).await;
}

fn main() {}
