use stellaops_db_tests::shop::Customer;

pub async fn example() {
    let _ = Customer::NAME.from("a".to_string()).to("b".to_string());
}

fn main() {}
