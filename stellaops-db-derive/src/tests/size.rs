//! How much a derive writes: the budget of a table with eight columns.

use super::{parsed, pretty, shop};
use crate::expand;
use quote::ToTokens;

const WORDS: &str = r#"
#[table("shop.customers")]
pub struct Customer {
    pub id: Id<Customer>, pub tenant_id: TenantId, pub name: String, pub nick: Option<String>, pub row_version: i64,
    pub deleted_at: Option<Timestamp>,
}
"#;

#[test]
fn a_table_stays_within_its_budget() {
    let expanded = expand::table(parsed(WORDS).to_token_stream(), &shop());
    let text = pretty(&expanded);
    let (lines, bytes) = (text.lines().count(), text.len());
    println!("6 columns: {lines} lines, {bytes} bytes");
    assert!(lines < 400 && bytes < 20_000, "{lines} lines, {bytes} bytes");
}
