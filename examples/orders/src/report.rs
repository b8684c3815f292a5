use stellaops_db::{DbEnum, Table, TenantId, Timestamp};

/// A report that a shop keeps. Its key has two columns, and its columns have odd names.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("shop.reports")]
pub struct Report {
    /// The shop.
    pub tenant_id: TenantId,
    /// The table that it shows.
    pub table: String,
    /// What it is.
    #[column("type")]
    pub kind: ReportType,
    /// The query, for people to read.
    pub sql: String,
    /// The newest row that it has seen.
    pub newest: Timestamp,
    /// The columns that it shows.
    pub columns: Vec<String>,
    /// Who looks after it.
    pub owner: Option<String>,
}

/// What a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("shop.report_type")]
pub enum ReportType {
    /// Row by row.
    List,
    /// One number.
    Total,
}
