//! The runtime under another name.
#![allow(dead_code, unreachable_pub)]

mod prelude {
    pub use stellaops_db as database;
}

#[derive(stellaops_db::Table)]
#[table(
    "shop.countries",
    specs = "shop/specs",
    crate = "crate::re_exported::prelude::database"
)]
pub struct Country {
    pub code: String,
    pub name: String,
}

#[derive(stellaops_db::QueryRow)]
#[query_row(crate = "crate::re_exported::prelude::database")]
pub struct Named {
    pub name: String,
}

#[test]
fn a_new_row_is_made_with_another_path() {
    let _ = Country::new_row("AT".into(), "Austria".into());
}
