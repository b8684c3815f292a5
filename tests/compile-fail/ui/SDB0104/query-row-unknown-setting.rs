use stellaops_db::QueryRow;

#[derive(QueryRow)]
#[query_row(crat = "::stellaops_db")]
pub struct Named {
    pub name: String,
}

fn main() {}
