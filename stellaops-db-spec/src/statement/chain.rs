//! What a hash chain is made of, and the statements that read it back.
//!
//! A row is hashed as text: for each column that is not NULL its name and its value, each with its length in
//! bytes before it, and behind them the hash of the row before. NULL is left out, so that a column that is added
//! later changes no hash of the rows before it; the empty text is there with length 0. Texts are the same
//! whatever the settings of a session are.

use crate::model::{Column, ColumnRole, ColumnType, Table, quote_identifier};
use crate::statement::builder::comment;

/// The statements that a chain is verified with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainStatements {
    /// The names of the hashed columns, in the order of their texts in [`ChainStatements::rows`].
    pub columns: Vec<String>,
    /// All tenants that have a head or a row. No parameter.
    pub tenants: String,
    /// Position and hash of the head, and the first and the last position of the rows. Parameter: the tenant.
    pub bounds: String,
    /// Position, previous hash, hash and texts of rows in their order. Parameters: the tenant, the position to
    /// begin at, the number of rows.
    pub rows: String,
}

/// The hashed columns in their order, by name, each with the SQL of its text: all but generated ones, whose
/// values follow from others, and the two hashes.
pub(crate) fn chained_values(table: &Table, prefix: &str) -> Vec<(String, String)> {
    let Some(chain) = &table.hash_chain else {
        return Vec::new();
    };
    let is_hashed = |column: &Column| {
        column.role != ColumnRole::Chained && !column.is_generated() || column.name == chain.position.name
    };
    let hashed = table.columns.iter().filter(|column| is_hashed(column));
    hashed
        .map(|column| (column.name.clone(), text_form(column, prefix)))
        .collect()
}

fn text_form(column: &Column, prefix: &str) -> String {
    let value = format!("{prefix}{}", column.sql_name());
    match &column.column_type {
        ColumnType::TimestampTz => {
            format!("to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        }
        ColumnType::Date => format!("to_char({value}, 'YYYY-MM-DD')"),
        ColumnType::Bytea => format!("encode({value}, 'hex')"),
        _ if column.column_type.is_text() => value,
        _ => format!("{value}::text"),
    }
}

pub(super) fn chain(table: &Table) -> Option<ChainStatements> {
    let chain = table.hash_chain.as_ref()?;
    let relation = table.sql_name();
    let heads = format!(
        "{}.{}",
        quote_identifier(&table.schema),
        quote_identifier(&chain.heads)
    );
    let [position, previous, hash] =
        [&chain.position, &chain.previous, &chain.hash].map(|column| column.sql_name());
    let (columns, forms): (Vec<_>, Vec<_>) = chained_values(table, "").into_iter().unzip();
    let end = |order: &str| {
        format!(
            "(SELECT {position} FROM {relation} WHERE tenant_id = $1 ORDER BY {position} {order} LIMIT 1)"
        )
    };
    Some(ChainStatements {
        columns,
        tenants: format!(
            "{}SELECT tenant_id FROM {heads} UNION SELECT tenant_id FROM {relation} ORDER BY tenant_id",
            comment(table, "chain_tenants")
        ),
        bounds: format!(
            "{}SELECT head.position, head.hash, {}, {} FROM (VALUES (1)) AS one LEFT JOIN {heads} AS head ON head.tenant_id = $1",
            comment(table, "chain_bounds"),
            end("ASC"),
            end("DESC")
        ),
        rows: format!(
            "{}SELECT {position}, {previous}, {hash}, ARRAY[{}]::text[] FROM {relation} WHERE tenant_id = $1 AND {position} >= $2 ORDER BY {position} LIMIT $3",
            comment(table, "chain_rows"),
            forms.join(", ")
        ),
    })
}
