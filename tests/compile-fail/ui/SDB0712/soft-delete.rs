use stellaops_db_tests::shop::{Order, OrderRepository};

pub async fn example(orders: OrderRepository, order: Order) {
    let _ = orders.soft_delete(order.id).await;
}

fn main() {}
