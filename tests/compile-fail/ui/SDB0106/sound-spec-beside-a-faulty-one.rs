use stellaops_db::{Id, Table, TenantId};


#[derive(Table)]
#[table("faulty.sound")]
pub struct Sound {
    pub id: Id<Sound>,
    pub tenant_id: TenantId,
}

fn main() {}
