use stellaops_db_tests::shop::Customer;

pub async fn example() {
    let _ = Customer::patch().row_version(3);
}

fn main() {}
