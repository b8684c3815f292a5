//! The runtime under another name.

mod prelude {
    pub use stellaops_db as database;
}

#[derive(stellaops_db::Table)]
#[table("shop.countries", crate = "crate::prelude::database")]
pub struct Country {
    pub code: String,
    pub name: String,
}

fn main() {
    let _ = Country::new_row("AT".into(), "Austria".into());
}
