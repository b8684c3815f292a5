use stellaops_db::Id;
use stellaops_db_tests::ledger::{Contract, ContractRepository};

pub async fn example(contracts: ContractRepository, id: Id<Contract>) {
    let _ = contracts.delete(id).await;
}

fn main() {}
