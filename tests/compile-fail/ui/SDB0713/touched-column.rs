use stellaops_db::Timestamp;
use stellaops_db_tests::shop::Order;

pub async fn example(before: Timestamp, after: Timestamp) {
    let _ = Order::UPDATED_AT.from(before).to(after);
}

fn main() {}
