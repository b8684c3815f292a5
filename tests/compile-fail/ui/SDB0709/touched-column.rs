use stellaops_db::Timestamp;
use stellaops_db_tests::shop::Order;

pub async fn example(now: Timestamp) {
    let _ = Order::patch().updated_at(now);
}

fn main() {}
