use serde::{Deserialize, Serialize};
use stellaops_db::Jsonb;

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.address")]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub street_name: String,
    pub note: String,
}

fn main() {}
