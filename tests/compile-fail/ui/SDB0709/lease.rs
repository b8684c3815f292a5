use stellaops_db_tests::shop::Order;

pub async fn example() {
    let _ = Order::patch().leased_by(None::<String>);
}

fn main() {}
