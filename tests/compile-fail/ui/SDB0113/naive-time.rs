use stellaops_db::{Id, Table, TenantId};


#[derive(Table)]
#[table("shop.customers")]
pub struct Customer {
    pub id: Id<Customer>,
    pub tenant_id: TenantId,
    pub name: String,
    pub nick: Option<String>,
    pub row_version: i64,
    pub deleted_at: Option<chrono::NaiveDateTime>,
}

fn main() {}
