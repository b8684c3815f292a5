//! What belongs to a shop is out of reach of the others.

use orders::{Order, OrderRepository, PriceList, PriceListRepository, Shop, ShopRepository};
use stellaops_db::Error;

use crate::given::{Given, order_of, prices, tea_to};

#[tokio::test]
async fn a_shop_neither_sees_nor_changes_the_orders_of_another() {
    let given = Given::new().await;
    let order = given.placed(&given.corner(), "2026-0001").await;
    let harbour = given.harbour().repository::<OrderRepository>();
    assert_eq!(harbour.get(order.id).await.unwrap(), None);
    assert_eq!(harbour.get_by_number("2026-0001").await.unwrap(), None);
    assert!(!harbour.delete(order.id).await.unwrap());
    let patched = harbour.update(order.id, Order::patch().customer("Mallory".into())).await;
    assert!(matches!(patched, Err(Error::NotFound { .. })), "{patched:?}");
    let page = harbour.list(Order::BY_CUSTOMER_NEWEST.of("Ada")).await.unwrap();
    assert!(page.rows.is_empty() && page.next.is_none());
    assert_eq!(given.corner().repository::<OrderRepository>().get(order.id).await.unwrap(), Some(order));
}

#[tokio::test]
async fn two_shops_use_the_same_number_and_a_shop_does_not_use_it_twice() {
    let given = Given::new().await;
    given.placed(&given.corner(), "2026-0001").await;
    given.placed(&given.harbour(), "2026-0001").await;
    let again = given.corner().repository::<OrderRepository>().insert(given.order("2026-0001")).await;
    assert!(
        matches!(&again, Err(Error::UniqueViolation { constraint, .. }) if constraint == "uq_orders_number"),
        "{again:?}"
    );
}

#[tokio::test]
async fn an_order_points_at_no_price_list_of_another_shop() {
    let given = Given::new().await;
    let lists = given.corner().repository::<PriceListRepository>();
    let own = lists.insert(PriceList::new_row("Own".into(), "EUR".into(), prices(300))).await.unwrap();
    let foreign = order_of("2026-0001", &own, tea_to("NL"));
    let refused = given.harbour().repository::<OrderRepository>().insert(foreign).await;
    assert!(matches!(refused, Err(Error::CheckViolation { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_shop_sees_its_own_row_of_the_registry_only() {
    let given = Given::new().await;
    let corner = given.corner().repository::<ShopRepository>();
    let shop = corner.insert(Shop::new_row("The shop on the corner".into())).await.unwrap();
    assert_eq!(corner.get(()).await.unwrap(), Some(shop));
    assert_eq!(given.harbour().repository::<ShopRepository>().get(()).await.unwrap(), None);
}
