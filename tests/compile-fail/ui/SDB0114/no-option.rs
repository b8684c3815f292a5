use stellaops_db::{Id, Table, TenantId, Timestamp};


#[derive(Table)]
#[table("shop.customers")]
pub struct Customer {
    pub id: Id<Customer>,
    pub tenant_id: TenantId,
    pub name: String,
    pub nick: String,
    pub row_version: i64,
    pub deleted_at: Option<Timestamp>,
}

fn main() {}
