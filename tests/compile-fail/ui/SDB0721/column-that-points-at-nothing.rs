use stellaops_db_tests::shop::{Order, OrderRepository};

fn list(orders: OrderRepository) {
    let _ = orders.list(Order::BY_NEWEST).with(Order::ATTEMPTS);
}

fn main() {}
