use stellaops_db::QueryRow;

#[derive(QueryRow)]
#[column("named")]
pub struct Named {
    #[query_row(crate = "stellaops_db")]
    pub name: String,
}

fn main() {}
