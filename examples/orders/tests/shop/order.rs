//! An order as the database keeps it: defaults, versions, its document.

use std::time::Duration;

use orders::{Basket, Order, OrderRepository, OrderStatus, OrderType};
use stellaops_db::{Error, Timestamp};

use crate::given::{Given, order_of, tea_to};

#[tokio::test]
async fn a_new_order_has_the_defaults_of_its_spec() {
    let given = Given::new().await;
    let order = given.placed(&given.corner(), "2026-0001").await;
    let opened = Timestamp::new(given.clock.now());
    assert_eq!((order.r#type, order.status), (OrderType::Delivery, OrderStatus::Open));
    assert_eq!((order.version, order.attempts, &order.note), (1, 0, &None));
    assert_eq!((order.created_at, order.updated_at), (opened, opened));
    let picked_up = given.order("2026-0002").r#type(OrderType::PickUp).note(Some("by noon".into()));
    let picked_up = given.corner().repository::<OrderRepository>().insert(picked_up).await.unwrap();
    assert_eq!((picked_up.r#type, picked_up.note.as_deref()), (OrderType::PickUp, Some("by noon")));
    assert!(picked_up.id > order.id);
}

#[tokio::test]
async fn an_update_names_the_version_that_it_expects() {
    let given = Given::new().await;
    let orders = given.corner().repository::<OrderRepository>();
    let order = given.placed(&given.corner(), "2026-0001").await;
    given.clock.advance(Duration::from_secs(60));
    let note = |text: &str| Order::patch().note(Some(text.into()));
    let changed = orders.update_expecting(order.id, 1, note("ring twice")).await.unwrap();
    assert_eq!((changed.version, changed.note.as_deref()), (2, Some("ring twice")));
    assert_eq!(changed.updated_at, Timestamp::new(given.clock.now()));
    let late = orders.update_expecting(order.id, 1, note("leave it at the door")).await;
    assert!(matches!(late, Err(Error::VersionConflict { expected: 1, found: 2, .. })), "{late:?}");
    assert_eq!(orders.update(order.id, Order::patch().note(None)).await.unwrap().note, None);
}

#[tokio::test]
async fn the_country_inside_the_basket_is_a_column_with_an_index() {
    let given = Given::new().await;
    let orders = given.corner().repository::<OrderRepository>();
    let gift = Basket { gift_message: Some("for you".into()), ..tea_to("BE") };
    let abroad = orders.insert(order_of("2026-0001", &given.standard_prices, gift.clone())).await.unwrap();
    given.placed(&given.corner(), "2026-0002").await;
    assert_eq!(abroad.basket, gift);
    assert_eq!(orders.list_by_country("BE").await.unwrap().rows, [abroad]);
    assert_eq!(orders.count([Order::COUNTRY.eq("NL")]).await.unwrap(), 1);
}

#[tokio::test]
async fn what_a_document_may_hold_is_checked_by_the_database_too() {
    let given = Given::new().await;
    let orders = given.corner().repository::<OrderRepository>();
    let nowhere = orders.insert(order_of("2026-0001", &given.standard_prices, tea_to("nowhere"))).await;
    assert!(
        matches!(&nowhere, Err(Error::CheckViolation { constraint }) if constraint == "ck_orders_basket"),
        "{nowhere:?}"
    );
}

#[tokio::test]
async fn pages_walk_all_orders_of_a_customer_newest_first() {
    let given = Given::new().await;
    let orders = given.corner().repository::<OrderRepository>();
    for number in 1..=7 {
        // Two of a kind have the same time: the key breaks the tie.
        if number % 2 == 0 {
            given.clock.advance(Duration::from_secs(1));
        }
        orders.insert(given.order(&format!("2026-{number:04}"))).await.unwrap();
    }
    let (mut walked, mut after) = (Vec::new(), None);
    loop {
        let mut list = orders.list(Order::BY_CUSTOMER_NEWEST.of("Ada")).limit(3);
        if let Some(cursor) = after {
            list = list.at(cursor);
        }
        let page = list.await.unwrap();
        walked.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(walked.len(), 7);
    let place = |order: &Order| (order.created_at, order.id);
    assert!(walked.windows(2).all(|pair| place(&pair[0]) > place(&pair[1])), "{walked:#?}");
}
