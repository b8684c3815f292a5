use stellaops_db_tests::shop::CustomerRepository;

pub async fn example(customers: CustomerRepository) {
    let _ = customers.claim("worker-1", 10, std::time::Duration::from_secs(30)).await;
}

fn main() {}
