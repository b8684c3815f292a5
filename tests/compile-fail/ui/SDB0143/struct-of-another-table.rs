use stellaops_db::Projection;
use stellaops_db_tests::shop::Order;

#[derive(Projection)]
#[projection("shop.price_lists", of = "Order")]
pub struct Words {
    pub labels: Vec<String>,
}

fn main() {}
