use stellaops_db::queue::Lease;
use stellaops_db_tests::shop::{Payment, PaymentRepository};

pub async fn example(payments: PaymentRepository, held: Lease<Payment>) {
    let _ = payments.complete(&held).await;
}

fn main() {}
