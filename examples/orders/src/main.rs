//! The service: `cargo run` plays a day of two shops on a PostgreSQL that it starts and stops itself.

use std::{collections::BTreeMap, error::Error, time::Duration};

use orders::{
    Basket, CurrencyRepository, NewOrder, Order, OrderRepository, OrderStatus, Payment, PaymentRepository,
    PriceList, PriceListRepository, Prices, Shop, ShopRepository,
};
use stellaops_db::testing::{TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db::{Config, Database, TenantId, TenantScope};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (database, _place) = start().await?;
    let list = publish_prices(&database).await?;
    let [corner, harbour] =
        [TenantId::new("corner")?, TenantId::new("harbour")?].map(|shop| database.tenant(&shop));

    for (shop, name) in [(&corner, "The shop on the corner"), (&harbour, "Harbour stores")] {
        shop.repository::<ShopRepository>().insert(Shop::new_row(name.into())).await?;
        let order = shop.repository::<OrderRepository>().insert(tea_for("Ada", &list)).await?;
        pay(shop, &order).await?;
    }

    let orders = corner.repository::<OrderRepository>();
    for order in orders.claim("packer 1", 10, Duration::from_secs(60)).await? {
        let order = orders.complete(&order).await?;
        println!("corner: {} went to {}", order.number, order.basket.country);
    }
    let waiting = harbour.repository::<OrderRepository>().list_by_status_oldest(OrderStatus::Paid).await?;
    println!("harbour: {} still to be packed", waiting.rows.len());
    database.close().await;
    Ok(())
}

/// What only a system scope may write; each use leaves a row in `stellaops.system_access`.
async fn publish_prices(database: &Database) -> Result<PriceList, Box<dyn Error>> {
    let system = database.system("publish the prices that every shop may use").await?;
    let euro = orders::Currency::new_row("EUR".into(), "Euro".into());
    system.repository::<CurrencyRepository>().insert(euro).await?;
    let prices = Prices { articles: BTreeMap::from([("tea".into(), 350)]) };
    let list = PriceList::new_row("Standard".into(), "EUR".into(), prices);
    let list = system.global_rows().repository::<PriceListRepository>().insert(list).await?;
    system.close().await?;
    Ok(list)
}

fn tea_for(customer: &str, list: &PriceList) -> NewOrder {
    let basket =
        Basket { articles: BTreeMap::from([("tea".into(), 2)]), country: "NL".into(), gift_message: None };
    Order::new_row("2026-0001".into(), customer.into(), list.tenant_id.clone(), list.id, basket)
}

/// The payment is booked and the order is paid, or neither.
async fn pay(scope: &TenantScope, order: &Order) -> Result<(), Box<dyn Error>> {
    let transaction = scope.begin().await?;
    let today = order.created_at.utc().date_naive();
    let payment = Payment::new_row(order.id, 700, format!("transfer for {}", order.number), today);
    transaction.repository::<PaymentRepository>().insert(payment).await?;
    let step = Order::STATUS.from(OrderStatus::Open).to(OrderStatus::Paid);
    let step = transaction.repository::<OrderRepository>().compare_and_swap(order.id, step).await?;
    step.won().ok_or("somebody else has changed the order")?;
    Ok(transaction.commit().await?)
}

/// In production: `Database::connect(&Config::from_environment()?)`, and nothing else.
async fn start() -> Result<(Database, TestDatabase), Box<dyn Error>> {
    let server = shared_server().await;
    let template = TemplateDatabase::from_scripts(server, "shop", &[orders::SCHEMA_SQL]).await?;
    ensure_login(server, "orders_service", &["shop_app"], false).await?;
    let place = template.clone_database().await?;
    let config = Config::from_options(place.connect_options_as("orders_service"))
        .with_system_options(place.connect_options_as("stellaops_system"));
    Ok((Database::connect(&config).await?, place))
}
