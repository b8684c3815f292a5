//! Editors run the macros on what is half typed: they answer with errors, never with a panic.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::shop;
use crate::expand;
use crate::package::Package;

const TABLE: &str = r#"
#[table("shop.orders", new = "NewOrder", crate = "::stellaops_db")]
pub struct Order {
    pub id: Id<Order>, pub tenant_id: TenantId, #[column("type")] pub kind: OrderType, pub status: Option<OrderStatus>,
}
"#;
const ENUM: &str =
    r#"#[db_enum("shop.order_type")] pub enum OrderType { Goods, #[value("gift_card")] Card }"#;
const DOCUMENT: &str = r#"
#[jsonb("shop.address")] #[serde(rename_all = "camelCase")]
pub struct Address { pub street_name: String, #[serde(rename = "note", default)] pub remark: Option<String> }
"#;

const QUERY_ROW: &str = r#"
#[query_row(crate = "::stellaops_db")]
pub struct StatusCount { pub status: OrderStatus, #[column("count")] pub number: i64 }
"#;

/// The tokens cut off at every place, at every depth; and with each one left out.
fn damaged(tokens: &TokenStream) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut damaged = Vec::new();
    for (position, tree) in trees.iter().enumerate() {
        damaged.push(trees[..position].iter().cloned().collect());
        damaged.push(
            trees[..position]
                .iter()
                .chain(&trees[position + 1..])
                .cloned()
                .collect(),
        );
        if let TokenTree::Group(group) = tree {
            for inside in self::damaged(&group.stream()) {
                let group = TokenTree::Group(Group::new(group.delimiter(), inside));
                let whole = trees[..position]
                    .iter()
                    .cloned()
                    .chain([group])
                    .chain(trees[position + 1..].iter().cloned());
                damaged.push(whole.collect());
            }
        }
    }
    damaged
}

#[test]
fn damaged_input_gives_rust_and_no_panic() {
    let mut cases = 0;
    for source in [TABLE, ENUM, DOCUMENT, QUERY_ROW] {
        let whole: TokenStream = source.parse().expect("the source is Rust");
        for tokens in damaged(&whole) {
            let query_row = |tokens, _: &Package| expand::query_row(tokens);
            for derive in [expand::table, expand::enumeration, expand::document, query_row] {
                let expanded = derive(tokens.clone(), &shop());
                assert!(
                    syn::parse2::<syn::File>(expanded.clone()).is_ok(),
                    "{tokens}\n{expanded}"
                );
                cases += 1;
            }
        }
    }
    assert!(cases > 500, "only {cases} cases");
}

#[test]
fn words_that_no_spec_has_are_faults() {
    let whole: TokenStream = TABLE.parse().expect("the source is Rust");
    for replaced in [
        "",
        ".",
        "shop.",
        ".orders",
        "shop.orders.more",
        "../shop.orders",
        "shop/../shop.orders",
        "SHOP.orders",
        "\0.x",
        "no.table",
    ] {
        let tokens: TokenStream = replace_first_text(&whole, replaced);
        let expanded = expand::table(tokens, &shop());
        assert_eq!(super::errors(&expanded).len(), 1, "{replaced}: {expanded}");
    }
}

fn replace_first_text(tokens: &TokenStream, text: &str) -> TokenStream {
    let mut trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    if let Some(TokenTree::Group(attribute)) = trees.get_mut(1) {
        let inside = quote::quote!(table(#text));
        *attribute = Group::new(Delimiter::Bracket, inside);
    }
    trees.into_iter().collect()
}
