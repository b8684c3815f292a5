use serde::{Deserialize, Serialize};
use stellaops_db::Jsonb;

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.adress")]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub street_name: String,
    pub note: Option<String>,
}

fn main() {}
