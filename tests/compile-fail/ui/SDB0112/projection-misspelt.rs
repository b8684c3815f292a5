use stellaops_db::Projection;
use stellaops_db_tests::shop::PriceList;

#[derive(Projection)]
#[projection("shop.price_lists", of = "PriceList")]
pub struct Words {
    pub lables: Vec<String>,
}

fn main() {}
