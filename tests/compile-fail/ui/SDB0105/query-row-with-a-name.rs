use stellaops_db::QueryRow;

#[derive(QueryRow)]
#[query_row("shop.customers")]
pub struct Named {
    pub name: String,
}

fn main() {}
