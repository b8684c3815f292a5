use stellaops_db::Jsonb;

#[derive(Jsonb)]
#[jsonb("shop.address")]
pub struct Address<'a> {
    pub street: &'a str,
}

fn main() {}
