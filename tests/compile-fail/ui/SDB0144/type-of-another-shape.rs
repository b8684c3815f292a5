use stellaops_db::Jsonb;
use stellaops_db::schema::scheduler::GraphResult;

#[derive(serde::Serialize, serde::Deserialize, Jsonb)]
#[jsonb(
    "shop.remark",
    former = "GraphResult"
)]
pub struct Remark {
    pub text: String,
}

impl From<GraphResult> for Remark {
    fn from(_: GraphResult) -> Self {
        Remark {
            text: String::new(),
        }
    }
}

fn main() {}
