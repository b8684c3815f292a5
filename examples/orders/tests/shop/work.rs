//! The way of an order: legal steps, payments, packers, and the reminder across all shops.

use std::time::Duration;

use chrono::NaiveDate;
use orders::{Order, OrderRepository, OrderStatus, Payment, PaymentRepository};
use stellaops_db::{Error, Id, Swapped};

use crate::given::Given;

async fn paid(given: &Given, number: &str) -> Order {
    let orders = given.corner().repository::<OrderRepository>();
    let order = given.placed(&given.corner(), number).await;
    let step = Order::STATUS.from(OrderStatus::Open).to(OrderStatus::Paid);
    orders.compare_and_swap(order.id, step).await.unwrap().won().unwrap()
}

#[tokio::test]
async fn a_status_goes_by_legal_steps_and_one_of_two_wins() {
    let given = Given::new().await;
    let orders = given.corner().repository::<OrderRepository>();
    let order = paid(&given, "2026-0001").await;
    let again = Order::STATUS.from(OrderStatus::Open).to(OrderStatus::Paid);
    assert_eq!(orders.compare_and_swap(order.id, again).await.unwrap(), Swapped::Lost);
    let illegal = Order::STATUS.from(OrderStatus::Paid).to(OrderStatus::Sent);
    let illegal = orders.compare_and_swap(order.id, illegal).await;
    assert!(matches!(illegal, Err(Error::IllegalTransition { .. })), "{illegal:?}");
}

#[tokio::test]
async fn a_packer_gets_the_oldest_paid_order_and_no_two_get_the_same() {
    let given = Given::new().await;
    let orders = given.corner().repository::<OrderRepository>();
    let mut waiting = Vec::new();
    for number in ["2026-0003", "2026-0002", "2026-0001"] {
        waiting.push(paid(&given, number).await.id);
        given.clock.advance(Duration::from_secs(1));
    }
    given.placed(&given.corner(), "2026-0004").await;
    let hour = Duration::from_secs(3_600);
    let first = orders.claim("Bob", 1, hour).await.unwrap();
    let others = orders.claim("Eve", 10, hour).await.unwrap();
    let claimed: Vec<_> = first.iter().chain(&others).map(|order| order.id).collect();
    assert_eq!(claimed, waiting);
    assert_eq!((first[0].status, first[0].packer.as_deref()), (OrderStatus::Packing, Some("Bob")));
    assert_eq!((first[0].attempts, others.len()), (1, 2));
    assert!(given.harbour().repository::<OrderRepository>().claim("Bob", 10, hour).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_payment_and_the_step_that_it_allows_happen_together_or_not_at_all() {
    let given = Given::new().await;
    let order = given.placed(&given.corner(), "2026-0001").await;
    let book = async |reference: &str| {
        let transaction = given.corner().begin().await?;
        let day = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        let step = Order::STATUS.from(OrderStatus::Open).to(OrderStatus::Paid);
        let swapped = transaction.repository::<OrderRepository>().compare_and_swap(order.id, step).await?;
        let payment = Payment::new_row(order.id, 700, reference.into(), day);
        let payment = transaction.repository::<PaymentRepository>().insert(payment).await?;
        if swapped.is_won() {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        Ok::<Payment, Error>(payment)
    };
    let payment = book("A-1").await.unwrap();
    book("A-2").await.unwrap();
    let payments = given.corner().repository::<PaymentRepository>();
    assert_eq!(payments.list_by_order(order.id).await.unwrap().rows, std::slice::from_ref(&payment));
    assert_eq!(payments.get_by_reference("A-1").await.unwrap(), Some(payment.clone()));
    assert_eq!(payments.get(payment.id).await.unwrap(), Some(payment));
    assert_eq!(payments.get_by_reference("A-2").await.unwrap(), None);
}

#[tokio::test]
async fn a_payment_for_no_order_is_refused() {
    let given = Given::new().await;
    let day = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
    let nowhere = Payment::new_row(Id::new(Default::default()), 700, "A-1".into(), day);
    let refused = given.corner().repository::<PaymentRepository>().insert(nowhere).await;
    assert!(matches!(refused, Err(Error::ForeignKeyViolation { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_system_scope_sees_the_waiting_orders_of_all_shops() {
    let given = Given::new().await;
    let first = given.placed(&given.harbour(), "2026-0001").await;
    given.clock.advance(Duration::from_secs(1));
    let second = given.placed(&given.corner(), "2026-0001").await;
    paid(&given, "2026-0002").await;
    let system = given.database.system("remind the customers").await.unwrap();
    let waiting = system.across_tenants::<OrderRepository>().list(Order::BY_WAITING).await.unwrap();
    assert_eq!(waiting.rows, [first.clone(), second]);
    let harbour = system.tenant(&first.tenant_id).repository::<OrderRepository>();
    harbour.update(first.id, Order::patch().note(Some("reminded".into()))).await.unwrap();
    system.close().await.unwrap();
}
