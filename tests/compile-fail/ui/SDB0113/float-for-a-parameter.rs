pub async fn example(scope: stellaops_db::TenantScope) -> Result<u64, stellaops_db::Error> {
    let update = scope.query("UPDATE shop.orders SET attempts = $1");
    update.bind(1.5).execute().await
}

fn main() {}
