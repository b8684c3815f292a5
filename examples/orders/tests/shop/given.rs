//! Where every test begins: a database of its own, two shops, and what only a system scope writes.

use std::collections::BTreeMap;

use orders::{
    Basket, Currency, CurrencyRepository, NewOrder, Order, OrderRepository, PriceList, PriceListRepository,
    Prices,
};
use stellaops_db::testing::{
    FixedClock, SequentialIds, TemplateDatabase, TestDatabase, ensure_login, shared_server,
};
use stellaops_db::{Config, Database, TenantId, TenantScope};

/// A database with the schema and one price list that all shops may use.
pub(crate) struct Given {
    pub(crate) database: Database,
    pub(crate) clock: FixedClock,
    pub(crate) standard_prices: PriceList,
    // Dropped last: it drops the database on the server.
    _place: TestDatabase,
}

impl Given {
    pub(crate) async fn new() -> Self {
        let server = shared_server().await;
        let template = TemplateDatabase::from_scripts(server, "shop", &[orders::SCHEMA_SQL]).await.unwrap();
        ensure_login(server, "orders_service", &["shop_app"], false).await.unwrap();
        ensure_login(server, "stellaops_system", &[], true).await.unwrap();
        let place = template.clone_database().await.unwrap();
        let config = Config::from_options(place.connect_options_as("orders_service"))
            .with_system_options(place.connect_options_as("stellaops_system"))
            .with_max_connections(2);
        let clock = FixedClock::default();
        let database = Database::connect(&config).await.unwrap();
        let database = database.with_clock(clock.clone()).with_ids(SequentialIds::new());
        let standard_prices = publish(&database).await;
        Given { database, clock, standard_prices, _place: place }
    }

    pub(crate) fn corner(&self) -> TenantScope {
        self.database.tenant(&TenantId::new("corner").unwrap())
    }

    pub(crate) fn harbour(&self) -> TenantScope {
        self.database.tenant(&TenantId::new("harbour").unwrap())
    }

    pub(crate) fn order(&self, number: &str) -> NewOrder {
        order_of(number, &self.standard_prices, tea_to("NL"))
    }

    pub(crate) async fn placed(&self, scope: &TenantScope, number: &str) -> Order {
        scope.repository::<OrderRepository>().insert(self.order(number)).await.unwrap()
    }
}

pub(crate) fn order_of(number: &str, prices: &PriceList, basket: Basket) -> NewOrder {
    Order::new_row(number.into(), "Ada".into(), prices.tenant_id.clone(), prices.id, basket)
}

pub(crate) fn tea_to(country: &str) -> Basket {
    Basket { articles: BTreeMap::from([("tea".into(), 2)]), country: country.into(), gift_message: None }
}

pub(crate) fn prices(tea: i64) -> Prices {
    Prices { articles: BTreeMap::from([("tea".into(), tea)]) }
}

async fn publish(database: &Database) -> PriceList {
    let system = database.system("publish the standard prices").await.unwrap();
    let currencies = system.repository::<CurrencyRepository>();
    currencies.insert(Currency::new_row("EUR".into(), "Euro".into())).await.unwrap();
    let lists = system.global_rows().repository::<PriceListRepository>();
    let list = lists.insert(PriceList::new_row("Standard".into(), "EUR".into(), prices(350))).await.unwrap();
    system.close().await.unwrap();
    list
}
