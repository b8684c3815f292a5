use stellaops_db::Jsonb;

#[derive(Jsonb)]
#[jsonb(part)]
pub struct Weight {
    pub grams: Vec<f32>,
}

fn main() {}
