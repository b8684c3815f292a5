use stellaops_db::QueryRow;

#[derive(QueryRow)]
pub struct Named<'a> {
    pub name: &'a str,
}

fn main() {}
