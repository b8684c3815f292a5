use stellaops_db::QueryRow;

#[derive(QueryRow)]
pub union Count {
    number: i64,
}

fn main() {}
