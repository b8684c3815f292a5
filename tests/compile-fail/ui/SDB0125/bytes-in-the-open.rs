use stellaops_db::{Id, Table, TenantId};

#[derive(Table)]
#[table("shop.accounts")]
pub struct Account {
    pub id: Id<Account>,
    pub tenant_id: TenantId,
    pub name: String,
    pub secret_hash: Option<Vec<u8>>,
}

fn main() {}
