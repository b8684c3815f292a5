//! Indexes, and unique keys of some rows only, which PostgreSQL has as indexes.

use crate::ddl::table::{names, with_tenant};
use crate::ddl::writer::Lines;
use crate::model::{Index, OrderColumn, Scope, Search, Table, UniqueKey, name, quote_identifier};

/// An index by name, with the statement that makes it.
pub(super) struct Named {
    /// The index's name.
    pub(super) name: String,
    /// `CREATE INDEX`.
    pub(super) statement: Lines,
    /// Which rows are in it, if not all.
    pub(super) condition: Option<String>,
}

/// The indexes of the table in the given schema: partial unique keys first, then in declared order, then that of the search.
pub(super) fn indexes(table: &Table, schema: &str) -> Vec<Named> {
    let unique = table.unique_keys.iter().filter_map(|key| {
        let condition = key.condition.as_deref()?;
        Some(unique_index(table, schema, key, condition))
    });
    unique
        .chain(
            table
                .made_indexes()
                .map(|index| plain_index(table, schema, index)),
        )
        .chain(
            table
                .search
                .iter()
                .map(|search| search_index(table, schema, search)),
        )
        .collect()
}

fn unique_index(table: &Table, schema: &str, key: &UniqueKey, condition: &str) -> Named {
    let columns = names(with_tenant(
        table,
        key.columns.iter().map(|column| column.name.as_str()),
    ));
    named(
        "UNIQUE INDEX",
        name::unique_key(table, key),
        table,
        schema,
        &columns,
        Some(condition),
    )
}

fn plain_index(table: &Table, schema: &str, index: &Index) -> Named {
    let tenant = match index.scope {
        Scope::Tenant => table.tenant_column(),
        Scope::System => None,
    };
    let pinned = tenant
        .into_iter()
        .chain(&index.pinned)
        .map(|column| column.sql_name());
    let ordered = index.indexed_order().map(OrderColumn::sql);
    let columns = pinned.chain(ordered).collect::<Vec<_>>().join(", ");
    named(
        "INDEX",
        name::index(table, index),
        table,
        schema,
        &columns,
        index.condition.as_deref(),
    )
}

fn search_index(table: &Table, schema: &str, search: &Search) -> Named {
    let name = name::search_index(table, search);
    let statement = Lines::one(format!(
        "CREATE INDEX {} ON {}.{} USING gin ({});",
        quote_identifier(&name),
        quote_identifier(schema),
        quote_identifier(&table.name),
        quote_identifier(&search.column)
    ));
    Named {
        name,
        statement,
        condition: None,
    }
}

fn named(
    kind: &str,
    name: String,
    table: &Table,
    schema: &str,
    columns: &str,
    condition: Option<&str>,
) -> Named {
    let quoted = quote_identifier(&name);
    let relation = format!("{}.{}", quote_identifier(schema), quote_identifier(&table.name));
    let create = format!("CREATE {kind} {quoted} ON {relation} ({columns})");
    let statement = match condition {
        Some(condition) => Lines::one(create).nested(Lines::one(format!("WHERE {};", condition.trim()))),
        None => Lines::one(create).suffixed(";"),
    };
    Named {
        name,
        statement,
        condition: condition.map(|condition| condition.trim().to_owned()),
    }
}
