use stellaops_db_tests::shop::Order;

pub async fn example() {
    let _ = Order::patch().street("Main Street".to_string());
}

fn main() {}
