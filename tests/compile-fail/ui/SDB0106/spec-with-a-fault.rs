use stellaops_db::{Id, Table, TenantId};


#[derive(Table)]
#[table("faulty.things")]
pub struct Thing {
    pub id: Id<Thing>,
    pub tenant_id: TenantId,
}

fn main() {}
