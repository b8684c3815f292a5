//! Private tables and public ones, where every warning is an error.
#![deny(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused,
    warnings
)]
#![deny(rust_2018_idioms, nonstandard_style)]

mod hidden {
    #[derive(stellaops_db::Table)]
    #[table("shop.price_lists", specs = "shop/specs")]
    pub(super) struct PriceList {
        id: stellaops_db::Id<PriceList>,
        tenant_id: stellaops_db::TenantId,
        labels: Vec<String>,
    }

    #[derive(Clone, Copy, PartialEq, Eq, stellaops_db::DbEnum)]
    #[db_enum("shop.order_type", specs = "shop/specs")]
    enum Kind {
        Goods,
        #[value("gift_card")]
        Card,
    }

    #[derive(serde::Serialize, serde::Deserialize, stellaops_db::Jsonb)]
    #[jsonb("shop.address", specs = "shop/specs")]
    #[serde(rename_all = "camelCase")]
    struct Address {
        street_name: String,
        note: Option<String>,
    }

    #[derive(stellaops_db::QueryRow)]
    struct Summary {
        kind: Kind,
        number: i64,
    }

    pub(super) fn summed(scope: &stellaops_db::TenantScope) -> impl Future<Output = Option<i64>> + Send {
        let query = scope.query("SELECT kind, count(*) AS number FROM shop.orders GROUP BY kind");
        async {
            let rows = query.all::<Summary>().await.ok()?;
            let goods = rows.iter().find(|summary| summary.kind == Kind::Goods)?;
            Some(goods.number)
        }
    }

    pub(super) fn seen() -> usize {
        let list: Option<PriceList> = None;
        let read = list.map(|list| (list.id, list.tenant_id, list.labels));
        let address = Address {
            street_name: String::new(),
            note: None,
        };
        let kinds = [Kind::Goods, Kind::Card];
        usize::from(read.is_some())
            + kinds.len()
            + address.street_name.len()
            + address.note.map_or(0, |note| note.len())
    }
}

/// What others see.
#[allow(unreachable_pub)]
pub mod shown {
    /// A tenant, whose name is private.
    #[derive(Debug, Clone, stellaops_db::Table)]
    #[table(
        "shop.tenants",
        specs = "shop/specs",
        new = "Newcomer",
        patch = "TenantChange",
        repository = "Tenants"
    )]
    pub struct Tenant {
        /// The id.
        pub tenant_id: stellaops_db::TenantId,
        name: String,
    }

    impl Tenant {
        /// The name.
        pub fn name(&self) -> &str {
            &self.name
        }
    }
}

/// A function can hold a table too.
pub(crate) fn local() {
    #[derive(stellaops_db::Table)]
    #[table("shop.countries", specs = "shop/specs")]
    struct Country {
        code: String,
        name: String,
    }
    let _ = |country: Country| (country.code, country.name);
}

#[test]
fn private_types_are_used_as_any_other() {
    let _: fn(String) -> shown::Newcomer = shown::Tenant::new_row;
    let _: fn(&shown::Tenant) -> &str = shown::Tenant::name;
    local();
    assert_eq!(hidden::seen(), 2);
    let _ = hidden::summed;
}
