use stellaops_db_tests::shop::{Payment, PaymentRepository};

pub async fn example(payments: PaymentRepository) {
    let _ = payments.upsert(Payment::new_row(100)).await;
}

fn main() {}
