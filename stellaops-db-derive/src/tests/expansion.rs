//! Whole expansions, few: one for each kind of type. The input is in the head of the snapshot.

use super::{errors, expand_all, pretty, runtime, shop};
use crate::expand;

fn snapshot(name: &str, source: &str) {
    let expanded: Vec<String> = expand_all(source, &shop()).iter().map(pretty).collect();
    insta::with_settings!({ description => source, omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, expanded.join("\n"));
    });
}

#[test]
fn a_table_with_a_queue_expands_to_data_and_short_bodies() {
    snapshot(
        "table_orders",
        r#"
#[derive(Table)]
#[table("shop.orders")]
pub struct Order {
    pub id: Id<Order>,
    pub tenant_id: TenantId,
    pub customer_id: Id<Customer>,
    #[column("type")]
    pub kind: OrderType,
    pub status: OrderStatus,
    pub delivery: Delivery,
    pub lease_expires_at: Option<Timestamp>,
    pub leased_by: Option<String>,
    pub attempts: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
"#,
    );
}

#[test]
fn an_enum_expands_to_its_values() {
    snapshot(
        "enum_order_type",
        r#"
#[derive(DbEnum)]
#[db_enum("shop.order_type")]
pub enum OrderType { Goods, #[value("gift_card")] Card }
"#,
    );
}

#[test]
fn members_expand_to_one_check_each() {
    snapshot(
        "members",
        r#"
#[derive(Jsonb)]
#[jsonb("shop.parcel")]
pub struct Parcel {
    kind: Kind,
    stamps: Option<BTreeSet<Stamp>>,
    labels: Option<BTreeSet<Label>>,
    grams: Option<u32>,
    note: Option<String>,
    size: Option<Size>,
    pieces: Option<Vec<Piece>>,
}

#[derive(Jsonb)]
#[jsonb("shop.parcel_piece")]
pub struct Piece { name: String, size: Option<Size> }

#[derive(Jsonb)]
#[jsonb(part)]
#[serde(rename_all = "snake_case")]
pub enum Kind { Box, Tube }

#[derive(Jsonb)]
#[jsonb(part)]
pub struct Label(String);
"#,
    );
}

#[test]
fn documents_expand_to_their_shape() {
    snapshot(
        "documents",
        r#"
#[derive(Jsonb)]
#[jsonb("shop.pickup")]
pub struct Pickup { counter: u32, #[serde(flatten)] more: BTreeMap<String, Json> }

#[derive(Jsonb)]
#[jsonb("shop.delivery")]
pub enum Delivery { Sent(Address), Fetched(Pickup) }

#[derive(Jsonb)]
#[jsonb(part)]
enum Part { One, Two { held: String } }
"#,
    );
}

#[test]
fn a_row_of_a_query_expands_to_names_and_one_call() {
    snapshot(
        "query_row",
        r#"
#[derive(QueryRow)]
pub struct StatusCount { status: OrderStatus, #[column("count")] number: i64, r#type: Option<OrderType> }
"#,
    );
}

#[test]
fn after_a_fault_every_name_is_still_there() {
    let source = r#"
#[derive(Table)]
#[table("shop.customers")]
pub struct Customer { pub id: Id<Customer>, tenant_id: TenantId, nmae: String, nick: Option<String>, row_version: i64, deleted_at: Option<Timestamp> }
"#;
    let expanded = expand::table(source.parse().expect("the source is Rust"), &shop());
    assert_eq!(errors(&expanded).len(), 1);
    let text = pretty(&expanded);
    for name in [
        "const NICK",
        "fn new_row",
        "fn patch",
        "type NewCustomer",
        "type CustomerPatch",
        "struct CustomerAssignments",
        "struct CustomerRepository",
        "impl __sdb::Table",
    ] {
        assert!(text.contains(name), "{name}");
    }
}

#[test]
fn no_path_of_the_machine_is_written_into_a_program() {
    let scheduler =
        std::fs::read_to_string(super::workspace().join("stellaops-db/src/schema/scheduler/graph_jobs.rs"));
    let expanded = expand_all(&scheduler.expect("the built-in struct is there"), &runtime());
    let text: String = expanded.iter().map(ToString::to_string).collect();
    assert!(text.contains("/specs/scheduler/graph_jobs.toml") && text.contains("CARGO_MANIFEST_DIR"));
    assert!(!text.contains(env!("CARGO_MANIFEST_DIR")));
}
