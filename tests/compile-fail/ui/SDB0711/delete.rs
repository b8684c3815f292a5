use stellaops_db_tests::shop::PaymentRepository;

pub async fn example(payments: PaymentRepository) {
    let _ = payments.delete(7).await;
}

fn main() {}
