use stellaops_db_tests::shop::OrderRepository;

pub async fn example(orders: OrderRepository) {
    let _ = orders.list("created_at desc").await;
}

fn main() {}
