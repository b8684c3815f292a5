use serde::{Deserialize, Serialize};
use stellaops_db::Jsonb;

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.orders")]
pub struct Order {
    pub note: String,
}

fn main() {}
