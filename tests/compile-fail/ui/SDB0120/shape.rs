use stellaops_db::DbEnum;

#[derive(Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.address")]
pub enum Address {
    Home,
}

fn main() {}
