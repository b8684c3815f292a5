//! Local types with the names of the prelude's, constants with the names of locals, and types that come
//! out of another macro.
#![allow(dead_code, non_upper_case_globals, unreachable_pub)]

use stellaops_db::{Id, TenantId, Timestamp};

struct Option;
struct Result;
struct Vec;
struct Some;
struct Ok;
struct Box;
struct Future;
trait Value {}
trait Table {}
const row: u8 = 0;
const value: u8 = 0;
const column: u8 = 0;

macro_rules! customer {
    ($name:ident, $text:ty) => {
        #[derive(stellaops_db::Table)]
        #[table("shop.customers", specs = "shop/specs")]
        pub struct $name {
            pub id: Id<$name>,
            pub tenant_id: TenantId,
            pub name: $text,
            pub nick: std::option::Option<$text>,
            pub row_version: i64,
            pub deleted_at: std::option::Option<Timestamp>,
        }
    };
}

type Text = std::string::String;
struct String;

customer!(Customer, Text);

#[derive(stellaops_db::QueryRow)]
struct Named {
    name: Text,
    nick: std::option::Option<Text>,
}

#[test]
fn the_preludes_types_are_still_found() {
    let _ = Customer::new_row("Ann".into()).nick(None);
}
