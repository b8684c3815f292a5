use stellaops_db::Table;

/// A currency that prices can be in.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("shop.currencies")]
pub struct Currency {
    /// ISO 4217.
    pub code: String,
    /// How people call it.
    pub name: String,
    /// How many digits of an amount stand behind the point.
    pub decimals: i16,
}
