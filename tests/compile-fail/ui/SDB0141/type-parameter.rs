use stellaops_db::QueryRow;

#[derive(QueryRow)]
pub struct Named<N> {
    pub name: N,
}

fn main() {}
