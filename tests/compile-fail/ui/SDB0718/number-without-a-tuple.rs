pub fn example(scope: stellaops_db::TenantScope) {
    let _ = scope.query("SELECT count(*) FROM shop.customers").one::<i64>();
}

fn main() {}
