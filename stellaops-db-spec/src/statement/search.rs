//! `search`: the rows whose words fit, the best first. Parameters: the words, the number of rows.
//!
//! `websearch_to_tsquery` takes any text: what is no query of words finds nothing, and fails never.

use crate::ddl::search_configuration;
use crate::model::Table;
use crate::statement::builder::{Parameters, comment, field_list, not_deleted};

pub(super) fn search(table: &Table) -> Option<String> {
    let search = table.search.as_ref()?;
    let mut parameters = Parameters::of(table);
    let (words, limit) = (parameters.next(), parameters.next());
    let column = crate::model::quote_identifier(&search.column);
    let query = format!("websearch_to_tsquery({}, {words})", search_configuration(search));
    let mut conditions = vec![format!("{column} @@ {query}")];
    conditions.extend(not_deleted(table));
    // The key makes the order total: rows of one rank come always alike.
    let rank = format!("ts_rank_cd({column}, {query}) DESC");
    let key = table.own_key().into_iter().map(|column| column.sql_name());
    let order: Vec<String> = std::iter::once(rank).chain(key).collect();
    Some(format!(
        "{}SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {limit}",
        comment(table, "search"),
        field_list(table),
        table.sql_name(),
        conditions.join(" AND "),
        order.join(", ")
    ))
}
