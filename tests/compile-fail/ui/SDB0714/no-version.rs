use stellaops_db_tests::shop::{Order, OrderRepository};

pub async fn example(orders: OrderRepository, order: Order) {
    let _ = orders.update_expecting(order.id, 3, Order::patch()).await;
}

fn main() {}
