use serde::{Deserialize, Serialize};
use stellaops_db::Jsonb;

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.parcel")]
pub struct Parcel {
    pub kind: Kind,
    pub stamps: Option<std::collections::BTreeSet<String>>,
    pub labels: Option<std::collections::BTreeSet<String>>,
    pub grams: Option<u8>,
    pub note: Option<String>,
    pub size: Option<Size>,
    pub pieces: Option<Vec<Piece>>,
}

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Box,
    Tube,
}

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.parcel_size")]
pub struct Size {
    pub millimetres: Vec<u32>,
}

#[derive(Serialize, Deserialize, Jsonb)]
#[jsonb("shop.parcel_piece")]
pub struct Piece {
    pub name: String,
    pub size: Option<Size>,
}

fn main() {}
