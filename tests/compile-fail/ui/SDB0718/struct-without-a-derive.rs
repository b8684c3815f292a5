pub struct Named {
    pub name: String,
}

pub async fn example(scope: stellaops_db::TenantScope) -> Result<Vec<Named>, stellaops_db::Error> {
    scope.query("SELECT name FROM shop.customers").all().await
}

fn main() {}
