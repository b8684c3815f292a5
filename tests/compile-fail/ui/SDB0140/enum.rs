use stellaops_db::QueryRow;

#[derive(QueryRow)]
pub enum Count {
    Number { number: i64 },
}

fn main() {}
