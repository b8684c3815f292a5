use stellaops_db::TenantScope;
use stellaops_db_tests::shop::{Country, CountryRepository};

pub async fn example(scope: TenantScope) {
    let countries = scope.repository::<CountryRepository>();
    let _ = countries.insert(Country::new_row("AT".into(), "Austria".into())).await;
}

fn main() {}
