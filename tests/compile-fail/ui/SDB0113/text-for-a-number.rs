use stellaops_db::{Table, TenantId};

#[derive(Table)]
#[table("shop.payments")]
pub struct Payment {
    pub id: i64,
    pub tenant_id: TenantId,
    pub cents: String,
}

fn main() {}
