use serde::{Deserialize, Serialize};
use stellaops_db::Jsonb;

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.delivery")]
pub struct Delivery {
    pub street: String,
}

fn main() {}
