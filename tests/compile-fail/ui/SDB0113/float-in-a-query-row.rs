use stellaops_db::QueryRow;

#[derive(QueryRow)]
pub struct Mean {
    pub kind: String,
    pub mean: f64,
}

fn main() {}
