use stellaops_db_tests::shop::{Customer, OrderRepository};

pub async fn example(orders: OrderRepository) {
    let _ = orders.list(Customer::BY_NICK.of("ann".to_string())).await;
}

fn main() {}
