use stellaops_db::Jsonb;

#[derive(serde::Serialize, serde::Deserialize, Jsonb)]
#[jsonb("shop.remark")]
pub struct Remark {
    pub text: String,
}

fn main() {}
