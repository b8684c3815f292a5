use stellaops_db::Jsonb;
use stellaops_db_tests::shop::Pickup;

#[derive(Jsonb)]
#[jsonb("shop.address")]
pub enum Address {
    Home(Pickup),
}

fn main() {}
