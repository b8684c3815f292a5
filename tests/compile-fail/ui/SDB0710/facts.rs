use stellaops_db_tests::shop::PaymentRepository;

pub async fn example(payments: PaymentRepository) {
    let _ = payments.claim("worker-1", 10, std::time::Duration::from_secs(30)).await;
}

fn main() {}
