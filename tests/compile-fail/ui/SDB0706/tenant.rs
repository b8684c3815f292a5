use stellaops_db::TenantId;
use stellaops_db_tests::shop::Order;

pub async fn example(other: TenantId) {
    let _ = Order::patch().tenant_id(other);
}

fn main() {}
