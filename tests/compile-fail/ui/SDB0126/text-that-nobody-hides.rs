use stellaops_db::{Id, Sensitive, Table, TenantId};

#[derive(Table)]
#[table("shop.accounts")]
pub struct Account {
    pub id: Id<Account>,
    pub tenant_id: TenantId,
    pub name: Sensitive<String>,
    pub secret_hash: Option<Sensitive<Vec<u8>>>,
}

fn main() {}
