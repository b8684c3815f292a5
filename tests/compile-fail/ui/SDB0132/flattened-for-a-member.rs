use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stellaops_db::Jsonb;

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.pickup")]
pub struct Pickup {
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

fn main() {}
