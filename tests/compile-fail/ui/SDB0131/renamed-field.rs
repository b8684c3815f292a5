use serde::{Deserialize, Serialize};
use stellaops_db::Jsonb;

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.address")]
#[serde(rename_all = "camelCase")]
pub struct Address {
    #[serde(rename = "street")]
    pub street_name: String,
    pub note: Option<String>,
}

fn main() {}
