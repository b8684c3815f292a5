//! Reports: a key of two columns, and columns called `table`, `type`, `sql`, `newest` and `columns`.

use std::time::Duration;

use orders::{NewReport, Report, ReportRepository, ReportType};

use crate::given::Given;

fn orders_report(kind: ReportType) -> NewReport {
    Report::new_row("orders".into(), kind, "SELECT * FROM shop.orders".into())
}

#[tokio::test]
async fn a_report_is_named_by_its_table_and_its_type() {
    let given = Given::new().await;
    let reports = given.corner().repository::<ReportRepository>();
    let list = reports.insert(orders_report(ReportType::List)).await.unwrap();
    let total = reports.insert(orders_report(ReportType::Total)).await.unwrap();
    assert_eq!(reports.get(("orders".into(), ReportType::Total)).await.unwrap(), Some(total));
    let columns = Report::patch().columns(vec!["number".into(), "customer".into()]);
    let patched = reports.update(("orders".into(), ReportType::List), columns).await.unwrap();
    assert_eq!((patched.columns.len(), patched.sql), (2, list.sql));
    assert!(reports.exists(("orders".into(), ReportType::List)).await.unwrap());
    assert!(!reports.exists(("payments".into(), ReportType::List)).await.unwrap());
}

#[tokio::test]
async fn the_freshest_report_comes_first() {
    let given = Given::new().await;
    let reports = given.corner().repository::<ReportRepository>();
    let old = reports.insert(orders_report(ReportType::List)).await.unwrap();
    given.clock.advance(Duration::from_secs(1));
    let new = reports.upsert(orders_report(ReportType::Total)).await.unwrap();
    assert_eq!(reports.list(Report::BY_NEWEST).await.unwrap().rows, [new.clone(), old.clone()]);
    let since = reports.list(Report::BY_NEWEST).filter(Report::NEWEST.lt(new.newest));
    assert_eq!(since.await.unwrap().rows, std::slice::from_ref(&old));
    assert_eq!(reports.list_by_type_table(ReportType::List).await.unwrap().rows, [old]);
}

#[tokio::test]
async fn a_report_changes_hands_once() {
    let given = Given::new().await;
    let reports = given.corner().repository::<ReportRepository>();
    let key = || ("orders".into(), ReportType::List);
    reports.insert(orders_report(ReportType::List).owner(Some("Ada".into()))).await.unwrap();
    let hand_over = |new: &str| Report::OWNER.from("Ada".into()).to(new.into());
    assert!(reports.compare_and_swap(key(), hand_over("Bob")).await.unwrap().is_won());
    assert!(!reports.compare_and_swap(key(), hand_over("Eve")).await.unwrap().is_won());
}
