use stellaops_db::Timestamp;
use stellaops_db_tests::shop::Customer;

pub async fn example(now: Timestamp) {
    let _ = Customer::patch().deleted_at(Some(now));
}

fn main() {}
