use stellaops_db_tests::shop::Order;

pub async fn example(order: Order) {
    let _ = Order::patch().id(order.id);
}

fn main() {}
