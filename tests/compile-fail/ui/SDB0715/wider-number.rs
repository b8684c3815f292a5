use stellaops_db_tests::shop::Order;

pub async fn example() {
    let _ = Order::ATTEMPTS.eq(3_i64);
}

fn main() {}
