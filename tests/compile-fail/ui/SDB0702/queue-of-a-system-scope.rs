use stellaops_db::SystemScope;
use stellaops_db_tests::shop::OrderRepository;

pub async fn example(system: SystemScope) {
    let _ = system.repository::<OrderRepository>();
}

fn main() {}
