//! The tables of a small shop: structs, each checked against its spec in `specs/shop/`.

mod currency;
mod order;
mod payment;
mod price_list;
mod report;
mod shop;

pub use currency::{Currency, CurrencyPatch, CurrencyRepository, NewCurrency};
pub use order::{Basket, NewOrder, Order, OrderPatch, OrderRepository, OrderStatus, OrderType};
pub use payment::{NewPayment, Payment, PaymentPatch, PaymentRepository};
pub use price_list::{NewPriceList, PriceList, PriceListPatch, PriceListRepository, Prices};
pub use report::{NewReport, Report, ReportPatch, ReportRepository, ReportType};
pub use shop::{NewShop, Shop, ShopPatch, ShopRepository};

/// The SQL that creates the schema, roles and policies included; it can be run again without effect.
pub const SCHEMA_SQL: &str = include_str!("../generated/schemas/shop.sql");
