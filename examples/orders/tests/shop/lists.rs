//! What a screen of orders asks for: some columns, what belongs to them, back and forth.

use orders::{Basket, Order, OrderRepository, PriceList};
use stellaops_db::{Projection, path};

use crate::given::Given;

/// A line of the screen.
#[derive(Debug, PartialEq, Projection)]
#[projection("shop.orders", of = "Order")]
struct OrderLine {
    number: String,
    note: Option<String>,
}

#[tokio::test]
async fn a_screen_goes_forward_and_back_with_some_columns() {
    let given = Given::new().await;
    let corner = given.corner();
    for number in ["2026-0001", "2026-0002", "2026-0003", "2026-0004", "2026-0005"] {
        given.placed(&corner, number).await;
    }
    let orders = corner.repository::<OrderRepository>();
    let lines = || orders.list(Order::BY_CUSTOMER_NEWEST.of("Ada")).project::<OrderLine>().limit(2);
    let first = lines().await.unwrap();
    let second = lines().at(first.next.clone().unwrap()).await.unwrap();
    let back = lines().at(second.previous.unwrap()).await.unwrap();
    assert_eq!(back.rows, first.rows);
    assert!(back.previous.is_none() && first.previous.is_none());
    let numbers: Vec<&str> = second.rows.iter().map(|line| line.number.as_str()).collect();
    assert_eq!(numbers, ["2026-0003", "2026-0002"]);
}

#[tokio::test]
async fn each_order_comes_with_its_price_list_also_when_that_is_everybodys() {
    let given = Given::new().await;
    let corner = given.corner();
    let order = given.placed(&corner, "2026-0001").await;
    let orders = corner.repository::<OrderRepository>();
    let page = orders.list(Order::BY_CUSTOMER_NEWEST.of("Ada")).with(Order::PRICE_LIST_ID).await.unwrap();
    let (read, prices): (Order, Option<PriceList>) = page.rows.into_iter().next().unwrap();
    assert_eq!((read, prices), (order, Some(given.standard_prices.clone())));
}

#[tokio::test]
async fn a_gift_message_is_changed_inside_the_basket() {
    let given = Given::new().await;
    let corner = given.corner();
    let order = given.placed(&corner, "2026-0001").await;
    let orders = corner.repository::<OrderRepository>();
    let message = || Order::BASKET.at(path!(Basket: gift_message));
    let edited = orders.edit(order.id, [message().set(Some("For tea time".into()))]).await.unwrap();
    assert_eq!(edited.basket, Basket { gift_message: Some("For tea time".into()), ..order.basket });
    assert_eq!(orders.count([message().starts_with("For")]).await.unwrap(), 1);
    assert_eq!(orders.count([message().is_absent()]).await.unwrap(), 0);
    let counted: Vec<(i64,)> = corner.query("SELECT count(*) FROM shop.orders").all().await.unwrap();
    assert_eq!(counted, [(1,)]);
}
