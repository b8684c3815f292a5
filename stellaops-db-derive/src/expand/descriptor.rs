//! What a table is, as data: the descriptor, and the traits that say which verbs it has.

use std::sync::Arc;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use stellaops_db_spec::model::{
    Column, ColumnType, Direction, Index, Nulls, OrderColumn, Storage, Table, Tenancy, UniqueKey, name,
};
use stellaops_db_spec::row_rules::RowRules;
use stellaops_db_spec::statement::{ChainStatements, OutboxStatements, Statements, SwapStatement};

use crate::check::JoinedTable;
use crate::expand::column::orders;
use crate::expand::{default, queue, row};
use crate::input::TableInput;

/// `impl Table`.
pub(crate) fn table(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let (ident, assignments) = (&input.ident, &input.assignments);
    let (key, tenancy) = (key_type(joined), tenancy(joined.table));
    let bodies = row::bodies(joined);
    let statements = Statements::of(joined.table);
    let (verbs, identified) = (
        verbs(joined.table, &statements),
        identified(input, &joined.table.qualified()),
    );
    let descriptor = descriptor(joined, &statements);
    quote! {
        #[automatically_derived]
        impl __sdb::Table for #ident {
            type Key = #key;
            type Tenancy = __sdb::tenancy::#tenancy;
            type Verbs = #verbs;
            type Assignments<__P: __sdb::Purpose> = #assignments<__P>;
            const DESCRIPTOR: &'static __sdb::TableDescriptor = &#descriptor;
            #bodies
        }
        #identified
    }
}

/// The type of the key's field; a tuple of several. One enum is a tuple too, because the key's trait
/// cannot be implemented for it.
pub(crate) fn key_type(joined: &JoinedTable<'_>) -> TokenStream {
    let key = joined.table.own_key();
    let types: Vec<_> = key
        .iter()
        .filter_map(|column| joined.joined(column))
        .map(|joined| &joined.field.value_type)
        .collect();
    match (types.as_slice(), is_tuple(joined.table)) {
        ([single], false) => quote!(#single),
        (types, _) => quote!((#(#types,)*)),
    }
}

/// Whether the key is a tuple.
pub(crate) fn is_tuple(table: &Table) -> bool {
    !matches!(table.own_key().as_slice(), [single] if !matches!(single.column_type, ColumnType::Enum(_)))
}

/// The name of the tenancy's type.
pub(crate) fn tenancy(table: &Table) -> TokenStream {
    match table.tenancy {
        Tenancy::Tenant => quote!(Tenant),
        Tenancy::Global => quote!(Global),
        Tenancy::TenantOrGlobal => quote!(TenantOrGlobal),
        Tenancy::Registry => quote!(Registry),
    }
}

/// The name of the table for its ids, which constants ask for.
pub(crate) fn identified(input: &TableInput, table: &str) -> TokenStream {
    let ident = &input.ident;
    quote! {
        #[diagnostic::do_not_recommend]
        impl __sdb::Identified for #ident {
            const TABLE: &'static str = #table;
        }
    }
}

/// How many verbs the runtime knows.
pub(crate) const VERBS: usize = 13;

/// Which verbs the table has, in the runtime's order.
pub(crate) fn verbs(table: &Table, statements: &Statements) -> TokenStream {
    let changes = !table.append_only;
    let verbs: [bool; VERBS] = [
        changes,
        table.deletable,
        statements.purge.is_some(),
        table.partition.is_some(),
        table.hash_chain.is_some(),
        changes && !table.patchable().is_empty(),
        changes && statements.upsert.is_some(),
        changes && table.row_version.is_some(),
        changes && table.soft_delete.is_some(),
        changes && table.queue.is_some(),
        statements.search.is_some(),
        changes && table.queue.as_ref().is_some_and(|queue| queue.steps.is_some()),
        table.outbox.is_some(),
    ];
    quote!(__sdb::Verbs<#(#verbs),*>)
}

/// The descriptor; what it says nothing about is as in that of no table.
fn descriptor(joined: &JoinedTable<'_>, statements: &Statements) -> TokenStream {
    let table = joined.table;
    let (schema, name, qualified) = (&table.schema, &table.name, table.qualified());
    let has_tenant = table.tenancy.has_tenant();
    let columns = joined.described.iter().map(|column| &column.name);
    let types = joined
        .described
        .iter()
        .map(|column| parameter_type(&column.column_type));
    let fields = Literal::usize_unsuffixed(table.fields().len());
    let key = positions(joined, &table.own_key());
    let key_constraint = name::primary_key(table);
    let (others, queue) = (others(joined), queue::queue(joined, statements));
    let statements = self::statements(joined, statements);
    quote! {
        __sdb::TableDescriptor {
            schema: #schema,
            name: #name,
            qualified: #qualified,
            has_tenant: #has_tenant,
            columns: &[#(#columns),*],
            types: &[#(__sdb::ParameterType::#types),*],
            fields: #fields,
            key: #key,
            key_constraint: #key_constraint,
            statements: #statements,
            #others
            #queue
            ..__sdb::TableDescriptor::NONE
        }
    }
}

/// What not every table has.
fn others(joined: &JoinedTable<'_>) -> TokenStream {
    let table = joined.table;
    let inserted = table.inserted();
    let defaults: Vec<_> = inserted
        .iter()
        .filter_map(|column| default::of(joined, column))
        .collect();
    let patchable = positions(joined, &table.patchable());
    let set_by_database = table.fields().into_iter().filter(|column| !column.is_inserted());
    let set_by_database: Vec<_> = set_by_database.map(|column| joined.position(column)).collect();
    let orders: Vec<_> = orders(joined).map(|index| order(joined, index)).collect();
    let references = table.references.iter().map(|reference| {
        let constraint = name::foreign_key(table, reference);
        let parent = format!("{}.{}", reference.parent_schema, reference.parent);
        let position = |column: Option<&Arc<Column>>| option(column.map(|column| joined.position(column)));
        let (column, tenant) = (position(reference.id_column()), position(reference.parent_tenant.as_ref()));
        quote! {
            __sdb::ReferenceDescriptor { constraint: #constraint, parent: #parent, column: #column, parent_tenant: #tenant }
        }
    });
    let soft_delete = table.soft_delete.as_ref().map(|column| joined.position(column));
    let row_version = table.row_version.as_ref().map(|column| joined.position(column));
    let touched = positions(joined, &table.touched());
    let unique_keys = table.unique_keys.iter().map(|key| unique_key(joined, key));
    let row_rules = RowRules::of(table).to_text();
    [
        (table.tenancy == Tenancy::TenantOrGlobal).then(|| quote!(reads_global: true,)),
        (!set_by_database.is_empty()).then(|| quote!(set_by_database: &[#(#set_by_database),*],)),
        (!defaults.is_empty()).then(|| quote!(defaults: &[#(#defaults),*],)),
        (!table.patchable().is_empty()).then(|| quote!(patchable: #patchable,)),
        (!orders.is_empty()).then(|| quote!(orders: &[#(#orders),*],)),
        (!table.references.is_empty()).then(|| quote!(references: &[#(#references),*],)),
        soft_delete.map(|position| quote!(soft_delete: __sdb::Some(#position),)),
        row_version.map(|position| quote!(row_version: __sdb::Some(#position),)),
        (!table.touched().is_empty()).then(|| quote!(touched: #touched,)),
        (!table.unique_keys.is_empty()).then(|| quote!(unique_keys: &[#(#unique_keys),*],)),
        (!row_rules.is_empty()).then(|| quote!(row_rules: #row_rules,)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn unique_key(joined: &JoinedTable<'_>, key: &UniqueKey) -> TokenStream {
    let (name, constraint) = (&key.name, name::unique_key(joined.table, key));
    let columns = key.columns.iter().map(|column| joined.position(column));
    let condition = option(key.condition.as_deref());
    quote! {
        __sdb::UniqueKeyDescriptor { name: #name, constraint: #constraint, columns: &[#(#columns),*], condition: #condition }
    }
}

fn positions(joined: &JoinedTable<'_>, columns: &[&Arc<Column>]) -> TokenStream {
    let positions = columns.iter().map(|column| joined.position(column));
    quote!(&[#(#positions),*])
}

fn parameter_type(column_type: &ColumnType) -> Ident {
    let name = match column_type {
        ColumnType::Uuid => "Uuid",
        ColumnType::Text => "Text",
        ColumnType::SmallInt => "SmallInt",
        ColumnType::Integer => "Integer",
        ColumnType::BigInt => "BigInt",
        ColumnType::Boolean => "Boolean",
        ColumnType::TimestampTz => "TimestampTz",
        ColumnType::Date => "Date",
        ColumnType::Bytea => "Bytea",
        ColumnType::TextArray => "TextArray",
        ColumnType::UuidArray => "UuidArray",
        ColumnType::Json(_) => "Json",
        ColumnType::Enum(declared) => match declared.storage {
            Storage::SmallInt => "SmallInt",
            Storage::Text => "Text",
        },
    };
    format_ident!("{name}")
}

fn order(joined: &JoinedTable<'_>, index: &Index) -> TokenStream {
    let name = &index.name;
    let pinned = index.pinned.iter().map(|column| joined.position(column));
    let order = index.order.iter().map(|part| {
        let (position, direction) = (joined.position(&part.column), direction(part));
        quote!((#position, __sdb::#direction))
    });
    let condition = option(index.condition.as_deref());
    quote! {
        __sdb::OrderDescriptor { name: #name, pinned: &[#(#pinned),*], order: &[#(#order),*], condition: #condition }
    }
}

fn direction(part: &OrderColumn) -> Ident {
    let name = match (part.direction, part.nulls) {
        (Direction::Ascending, None) => "Ascending",
        (Direction::Descending, None) => "Descending",
        (Direction::Ascending, Some(Nulls::First)) => "AscendingNullsFirst",
        (Direction::Ascending, Some(Nulls::Last)) => "AscendingNullsLast",
        (Direction::Descending, Some(Nulls::First)) => "DescendingNullsFirst",
        (Direction::Descending, Some(Nulls::Last)) => "DescendingNullsLast",
    };
    format_ident!("{name}")
}

/// The statements; verbs that the table has not are as in those of no table.
fn statements(joined: &JoinedTable<'_>, statements: &Statements) -> TokenStream {
    let Statements {
        get,
        exists,
        get_by_unique,
        insert,
        swaps,
        chain,
        ..
    } = statements;
    let swaps = swaps.iter().map(|swap| swap_statement(joined, swap));
    let several = [
        (!get_by_unique.is_empty()).then(|| quote!(get_by_unique: &[#(#get_by_unique),*],)),
        (swaps.len() > 0).then(|| quote!(swaps: &[#(#swaps),*],)),
        chain
            .as_ref()
            .map(chain_descriptor)
            .map(|chain| quote!(chain: __sdb::Some(#chain),)),
        outbox_descriptor(joined, statements),
    ];
    let several = several.into_iter().flatten();
    let verbs = [
        ("upsert", &statements.upsert),
        ("update", &statements.update),
        ("delete", &statements.delete),
        ("soft_delete", &statements.soft_delete),
        ("restore", &statements.restore),
        ("purge", &statements.purge),
        ("maintain_partitions", &statements.maintain_partitions),
        ("search", &statements.search),
    ];
    let verbs = verbs.into_iter().filter_map(|(verb, sql)| {
        let (verb, sql) = (format_ident!("{verb}"), sql.as_ref()?);
        Some(quote!(#verb: #sql,))
    });
    quote! {
        __sdb::Statements {
            get: #get,
            exists: #exists,
            insert: #insert,
            #(#several)*
            #(#verbs)*
            ..__sdb::Statements::NONE
        }
    }
}

fn chain_descriptor(statements: &ChainStatements) -> TokenStream {
    let ChainStatements {
        columns,
        tenants,
        bounds,
        rows,
        ..
    } = statements;
    quote!(__sdb::ChainDescriptor { columns: &[#(#columns),*], tenants: #tenants, bounds: #bounds, rows: #rows })
}

fn outbox_descriptor(joined: &JoinedTable<'_>, statements: &Statements) -> Option<TokenStream> {
    let (outbox, statements) = (joined.table.outbox.as_ref()?, statements.outbox.as_ref()?);
    let number = joined.position(&outbox.number);
    let OutboxStatements {
        last,
        events,
        events_of_tenant,
        ..
    } = statements;
    Some(quote! {
        outbox: __sdb::Some(__sdb::OutboxDescriptor {
            number: #number,
            last: #last,
            events: #events,
            events_of_tenant: #events_of_tenant,
        }),
    })
}

fn swap_statement(joined: &JoinedTable<'_>, statement: &SwapStatement) -> TokenStream {
    let column = joined
        .table
        .column(&statement.column)
        .map_or_else(|| Literal::usize_unsuffixed(0), |column| joined.position(column));
    let (swap, with_patch) = (
        &statement.swap,
        statement.swap_with_patch.as_deref().unwrap_or_default(),
    );
    quote!(__sdb::SwapStatement { column: #column, swap: #swap, swap_with_patch: #with_patch })
}

/// An `Option` of a constant, with the runtime's names.
pub(crate) fn option(value: Option<impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(__sdb::Some(#value)),
        None => quote!(__sdb::None),
    }
}
