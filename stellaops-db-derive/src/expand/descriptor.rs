//! What a table is, as data: the descriptor, and the traits that say which verbs it has.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use stellaops_db_spec::model::{ColumnType, Table, Tenancy, name};
use stellaops_db_spec::statement::{ChainStatements, Statements, SwapStatement};

use crate::check::JoinedTable;
use crate::expand::row;
use crate::input::TableInput;

/// `impl Table` and the markers.
pub(crate) fn table(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let (ident, new, patch) = (&input.ident, &input.new, &input.patch);
    let (key, tenancy) = (key_type(joined), tenancy(joined.table));
    let descriptor = descriptor(joined);
    let bodies = row::bodies(joined);
    let markers = markers(input, joined.table);
    quote! {
        #[automatically_derived]
        impl __sdb::Table for #ident {
            type Key = #key;
            type Tenancy = __sdb::tenancy::#tenancy;
            type New = #new;
            type Patch = #patch;
            const DESCRIPTOR: &'static __sdb::TableDescriptor = &#descriptor;
            #bodies
        }
        #markers
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

/// Which verbs the table has.
pub(crate) fn markers(input: &TableInput, table: &Table) -> TokenStream {
    let statements = Statements::of(table);
    let (ident, qualified) = (&input.ident, table.qualified());
    let changes = !table.append_only;
    let marker = |has: bool, name: TokenStream| {
        has.then(|| quote!(#[diagnostic::do_not_recommend] impl __sdb::#name for #ident {}))
    };
    let markers = [
        marker(changes, quote!(Changeable)),
        marker(table.deletable, quote!(Deletable)),
        marker(statements.purge.is_some(), quote!(Purgeable)),
        marker(table.partition.is_some(), quote!(Partitioned)),
        marker(statements.search.is_some(), quote!(Searchable)),
        marker(table.hash_chain.is_some(), quote!(Chained)),
        marker(changes && !table.patchable().is_empty(), quote!(Patchable)),
        marker(changes && statements.upsert.is_some(), quote!(Upsertable)),
        marker(changes && table.row_version.is_some(), quote!(Versioned)),
        marker(changes && table.soft_delete.is_some(), quote!(SoftDeletable)),
        marker(changes && table.queue.is_some(), quote!(Queue)),
    ];
    quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::Identified for #ident {
            const TABLE: &'static str = #qualified;
        }
        #(#markers)*
    }
}

fn descriptor(joined: &JoinedTable<'_>) -> TokenStream {
    let table = joined.table;
    let (schema, name, qualified) = (&table.schema, &table.name, table.qualified());
    let has_tenant = table.tenancy.has_tenant();
    let reads_global = table.tenancy == Tenancy::TenantOrGlobal;
    let columns = joined.described().map(|column| {
        let (name, nullable) = (&column.name, column.nullable);
        quote!(__sdb::ColumnDescriptor::new(#name, #nullable))
    });
    let fields = Literal::usize_unsuffixed(table.fields().len());
    let key = table.own_key().into_iter().map(|column| joined.position(column));
    let references = table.references.iter().map(|reference| {
        let constraint = name::foreign_key(table, reference);
        let parent = format!("{}.{}", reference.parent_schema, reference.parent);
        quote!(__sdb::ReferenceDescriptor { constraint: #constraint, parent: #parent })
    });
    let soft_delete = option(table.soft_delete.as_ref().map(|column| joined.position(column)));
    let touched = Literal::usize_unsuffixed(table.touched().len());
    let counts_versions = table.row_version.is_some();
    let statements = statements(joined);
    quote! {
        __sdb::TableDescriptor {
            schema: #schema,
            name: #name,
            qualified: #qualified,
            has_tenant: #has_tenant,
            reads_global: #reads_global,
            columns: &[#(#columns),*],
            fields: #fields,
            key: &[#(#key),*],
            references: &[#(#references),*],
            soft_delete: #soft_delete,
            touched: #touched,
            counts_versions: #counts_versions,
            statements: #statements,
        }
    }
}

fn statements(joined: &JoinedTable<'_>) -> TokenStream {
    let Statements {
        get,
        exists,
        get_by_unique,
        insert,
        insert_many: (before, after),
        upsert,
        update,
        swaps,
        delete,
        soft_delete,
        restore,
        claim,
        purge,
        maintain_partitions,
        search,
        chain,
        ..
    } = Statements::of(joined.table);
    let [upsert, update, delete] = [upsert, update, delete].map(Option::unwrap_or_default);
    let [soft_delete, restore, claim] = [soft_delete, restore, claim].map(Option::unwrap_or_default);
    let [purge, maintain_partitions, search] =
        [purge, maintain_partitions, search].map(Option::unwrap_or_default);
    let chain = option(chain.as_ref().map(chain_descriptor));
    let inserted = Literal::usize_unsuffixed(joined.table.inserted().len());
    let swaps = swaps.iter().map(|swap| swap_statement(joined, swap));
    quote! {
        __sdb::Statements {
            get: #get,
            exists: #exists,
            get_by_unique: &[#(#get_by_unique),*],
            insert: #insert,
            insert_many: (#before, #after),
            inserted: #inserted,
            upsert: #upsert,
            update: #update,
            swaps: &[#(#swaps),*],
            delete: #delete,
            soft_delete: #soft_delete,
            restore: #restore,
            claim: #claim,
            purge: #purge,
            maintain_partitions: #maintain_partitions,
            search: #search,
            chain: #chain,
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
