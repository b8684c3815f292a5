//! Currencies and price lists: read by every shop, written for all by a system scope only.

use orders::{Currency, CurrencyRepository, PriceList, PriceListRepository};
use stellaops_db::Error;

use crate::given::{Given, prices};

#[tokio::test]
async fn every_shop_reads_the_currencies_by_their_own_key() {
    let given = Given::new().await;
    let currencies = given.corner().repository::<CurrencyRepository>();
    let euro = currencies.get("EUR".into()).await.unwrap().unwrap();
    assert_eq!(euro, Currency { code: "EUR".into(), name: "Euro".into(), decimals: 2 });
    assert_eq!(currencies.list_by_name().await.unwrap().rows, [euro]);
}

#[tokio::test]
async fn a_system_scope_writes_the_currencies() {
    let given = Given::new().await;
    let system = given.database.system("the yen has no smaller unit").await.unwrap();
    let currencies = system.repository::<CurrencyRepository>();
    let yen = || Currency::new_row("JPY".into(), "Yen".into());
    currencies.insert(yen()).await.unwrap();
    currencies.upsert(yen().decimals(0)).await.unwrap();
    system.close().await.unwrap();
    let seen = given.harbour().repository::<CurrencyRepository>().get("JPY".into()).await.unwrap();
    assert_eq!(seen.map(|currency| currency.decimals), Some(0));
}

#[tokio::test]
async fn a_shop_reads_its_own_price_lists_and_those_for_all_and_changes_its_own_only() {
    let given = Given::new().await;
    let lists = given.corner().repository::<PriceListRepository>();
    let own = lists.insert(PriceList::new_row("Own".into(), "EUR".into(), prices(300))).await.unwrap();
    let offered = lists.list_by_currency("EUR").await.unwrap().rows;
    assert_eq!(offered, [own.clone(), given.standard_prices.clone()]);

    let cheaper = || PriceList::patch().prices(prices(1));
    assert_eq!(lists.update(own.id, cheaper()).await.unwrap().prices, prices(1));
    let refused = lists.update(given.standard_prices.id, cheaper()).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
    let others = given.harbour().repository::<PriceListRepository>();
    assert_eq!(
        others.list_by_currency("EUR").await.unwrap().rows,
        std::slice::from_ref(&given.standard_prices)
    );
}

#[tokio::test]
async fn a_withdrawn_list_is_gone_from_every_read_and_its_name_is_free() {
    let given = Given::new().await;
    let lists = given.corner().repository::<PriceListRepository>();
    let new = || PriceList::new_row("Summer".into(), "EUR".into(), prices(300));
    let summer = lists.insert(new()).await.unwrap();
    assert!(lists.soft_delete(summer.id).await.unwrap());
    assert_eq!(lists.get(summer.id).await.unwrap(), None);
    let withdrawn = lists.list_by_currency("EUR").filter(PriceList::NAME.eq("Summer")).with_deleted();
    assert_eq!(withdrawn.await.unwrap().rows.len(), 1);
    lists.insert(new()).await.unwrap();
    let restored = lists.restore(summer.id).await;
    assert!(matches!(restored, Err(Error::UniqueViolation { .. })), "{restored:?}");
}
