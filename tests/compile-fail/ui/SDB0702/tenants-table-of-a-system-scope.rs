use stellaops_db::SystemScope;
use stellaops_db_tests::shop::CustomerRepository;

pub async fn example(system: SystemScope) {
    let _ = system.repository::<CustomerRepository>();
}

fn main() {}
