use serde::{Deserialize, Serialize};
use stellaops_db::Jsonb;

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.pickup")]
pub struct Pickup {
    pub counter: u32,
    #[serde(flatten)]
    pub more: std::collections::HashMap<String, String>,
}

fn main() {}
