use stellaops_db::{Id, Table, TenantId, Timestamp};

#[derive(Table)]
#[table("shop.customers")]
pub struct Customer {
    pub id: Id<Customer>,
    pub tenant_id: TenantId,
    pub name: String,
    #[column("nick")]
    pub by_nick: Option<String>,
    pub row_version: i64,
    pub deleted_at: Option<Timestamp>,
}

fn main() {}
