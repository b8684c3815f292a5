use stellaops_db::Projection;

#[derive(Projection)]
#[projection("shop.price_lists")]
pub struct Words {
    pub labels: Vec<String>,
}

fn main() {}
