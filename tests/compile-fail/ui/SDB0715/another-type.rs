use stellaops_db_tests::shop::Order;

pub async fn example() {
    let _ = Order::CREATED_AT.ge("2026-01-01");
}

fn main() {}
