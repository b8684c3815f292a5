use stellaops_db::QueryRow;

#[derive(QueryRow)]
pub struct Count {}

fn main() {}
