use stellaops_db::QueryRow;

#[derive(QueryRow)]
pub struct Count(i64);

pub async fn example(scope: stellaops_db::TenantScope) -> Result<Count, stellaops_db::Error> {
    scope.query("SELECT count(*) FROM shop.customers").one().await
}

fn main() {}
