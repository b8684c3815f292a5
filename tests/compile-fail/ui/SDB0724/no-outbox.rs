use stellaops_db::Database;
use stellaops_db::outbox::{Event, Relay};
use stellaops_db::queue::Failure;
use stellaops_db_tests::shop::Payment;

pub async fn example(database: Database) {
    let handler = async |_: Event<Payment>| Ok::<_, Failure>(());
    let _ = Relay::new("search").drain(&database, "keeps the search up to date", handler).await;
}

fn main() {}
