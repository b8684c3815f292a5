use stellaops_db::Jsonb;
use stellaops_db_tests::shop::Address;

#[derive(Jsonb)]
#[jsonb("shop.delivery")]
pub enum Delivery {
    Sent(Address),
    SentAgain(Address),
}

fn main() {}
