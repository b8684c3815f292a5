use stellaops_db::SystemScope;
use stellaops_db_tests::ledger::ContractRepository;

pub async fn example(system: SystemScope) {
    let _ = system.across_tenants::<ContractRepository>().purge(100).await;
}

fn main() {}
