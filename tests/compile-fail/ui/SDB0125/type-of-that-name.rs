use stellaops_db::{Id, Table, TenantId};

pub type Sensitive<T> = T;

#[derive(Table)]
#[table("shop.accounts")]
pub struct Account {
    pub id: Id<Account>,
    pub tenant_id: TenantId,
    pub name: String,
    pub secret_hash: Option<Sensitive<Vec<u8>>>,
}

fn main() {}
