use serde::{Deserialize, Serialize};
use stellaops_db::Jsonb;

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.pickup")]
pub struct Pickup {
    pub counter: f64,
}

fn main() {}
