use stellaops_db::TenantScope;
use stellaops_db_tests::shop::CountryRepository;

pub async fn example(scope: TenantScope) {
    let countries = scope.repository::<CountryRepository>();
    let _ = countries.delete("AT".into()).await;
}

fn main() {}
