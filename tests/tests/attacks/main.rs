//! Texts that attack, everywhere where a text goes: as the tenant, as a value, as a name. A tenant whose id differs by
//! case, space, normal form or by what nobody sees is another tenant; what is written is read, byte for byte; and no text
//! of an application's becomes a text of SQL.

#[macro_use]
#[path = "../faults/support.rs"]
#[allow(dead_code, unused_macros, reason = "the faults use all of it")]
mod support;
mod alike;
mod everywhere;
mod names;
mod specs;
mod statements;
mod tenants;
mod values;

use stellaops_db::testing::{TestDatabase, shared_server};
use stellaops_db::{Config, Database, TenantId, TenantScope};

use support::{APPLICATION, SYSTEM};

/// A database of the test's own, without a proxy; dropping it drops the database.
struct Attacked {
    db: Database,
    database: TestDatabase,
}

impl Attacked {
    async fn start() -> Self {
        Self::on(support::copy(shared_server().await).await).await
    }

    async fn on(database: TestDatabase) -> Self {
        let config = Config::from_options(database.connect_options_as(APPLICATION))
            .with_system_options(database.connect_options_as(SYSTEM))
            .with_max_connections(4);
        let db = support::connect(&config).await;
        Attacked { db, database }
    }

    fn tenant(&self, text: &str) -> TenantScope {
        self.db.tenant(&support::tenant(text))
    }
}

/// The texts that can be tenants, and those that cannot, which nothing but the type has to see.
fn tenants() -> Vec<TenantId> {
    let texts = stellaops_db_tests::corpus::texts().into_iter();
    let all = texts.chain(stellaops_db_tests::corpus::long_texts());
    all.filter_map(|text| TenantId::new(text).ok()).collect()
}
