use stellaops_db::DbEnum;

#[derive(Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("faulty.state")]
pub enum State {
    Good,
}

fn main() {}
