use stellaops_db::Database;
use stellaops_db_tests::shop::CustomerRepository;

pub async fn example(database: Database) {
    let _ = CustomerRepository::new(&database);
}

fn main() {}
