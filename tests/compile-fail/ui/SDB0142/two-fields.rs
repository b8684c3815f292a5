use stellaops_db::QueryRow;

#[derive(QueryRow)]
pub struct Named {
    pub name: String,
    #[column("name")]
    pub nick: Option<String>,
}

fn main() {}
