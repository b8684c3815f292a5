//! The repository under the table's own name, with its finders.

use std::sync::Arc;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use stellaops_db_spec::model::{Column, ColumnType, FinderTarget, Index, Scope, Table, UniqueKey};
use syn::Ident;

use crate::check::JoinedTable;
use crate::expand::column::{constant_name, orders, pins, value_type};
use crate::expand::reader;
use crate::input::TableInput;

/// `pub struct GraphJobRepository(…);`
pub(crate) fn declaration(input: &TableInput, table: &Table) -> TokenStream {
    let (visibility, repository, ident, runtime) =
        (&input.visibility, &input.repository, &input.ident, &input.runtime);
    let doc = format!("The rows of `{}`, within a scope.", table.qualified());
    quote! {
        #[doc = #doc]
        #[allow(dead_code, private_interfaces, unreachable_pub)]
        #visibility struct #repository(#runtime::__private::Repository<#ident>);
    }
}

/// The finders, and the way to the generic repository.
pub(crate) fn implementation(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let unique = joined.table.unique_keys.iter().enumerate();
    let unique = unique.filter_map(|(position, key)| {
        let doc = format!(
            "The one row with these values, if there is one.\n\nUnique: {}.",
            key.why.trim_end()
        );
        get_by_unique(
            input,
            joined,
            (position, key),
            &format!("get_by_{}", key.name),
            &doc,
        )
    });
    let named = joined
        .table
        .finders
        .iter()
        .filter_map(|finder| match &finder.target {
            FinderTarget::UniqueKey(name) => {
                let mut keys = joined.table.unique_keys.iter().enumerate();
                let key = keys.find(|(_, key)| key.name == *name)?;
                get_by_unique(input, joined, key, &finder.name, finder.doc.trim_end())
            }
            FinderTarget::Index { .. } => None,
        });
    let lists = lists(input, joined, Scope::Tenant);
    let reader = reader::implementation(input, joined);
    let finders = quote!(#(#unique)* #(#named)* #(#lists)*);
    let base = base(input, reader::name(input, joined.table), &finders);
    quote! { #base #reader }
}

/// A list for each order of that scope, then the finders of those orders.
pub(super) fn lists(input: &TableInput, joined: &JoinedTable<'_>, scope: Scope) -> Vec<TokenStream> {
    let orders = orders(joined).filter(|index| index.scope == scope);
    let own = orders.filter_map(|index| {
        let doc = format!("Lists rows: {}.", index.why.trim_end().trim_end_matches('.'));
        list(input, joined, index, &format!("list_{}", index.name), &doc, false)
    });
    let named = joined
        .table
        .finders
        .iter()
        .filter_map(|finder| match &finder.target {
            FinderTarget::Index { name, due } => {
                let index = joined.table.index(name).filter(|index| index.scope == scope)?;
                list(input, joined, index, &finder.name, finder.doc.trim_end(), *due)
            }
            FinderTarget::UniqueKey(_) => None,
        });
    own.chain(named).collect()
}

/// What every repository has, and its finders.
pub(crate) fn base(input: &TableInput, reader: TokenStream, finders: &TokenStream) -> TokenStream {
    let (visibility, repository, ident) = (&input.visibility, &input.repository, &input.ident);
    quote! {
        impl __sdb::NamedRepository for #repository {
            type Table = #ident;
            type AcrossTenants = #reader;

            fn wrap(__repository: __sdb::Repository<#ident>) -> Self {
                Self(__repository)
            }
        }
        impl ::core::ops::Deref for #repository {
            type Target = __sdb::Repository<#ident>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
        impl ::core::clone::Clone for #repository {
            fn clone(&self) -> Self {
                Self(::core::clone::Clone::clone(&self.0))
            }
        }
        impl ::core::fmt::Debug for #repository {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, __formatter)
            }
        }
        impl #repository {
            /// The repository within a scope.
            #visibility fn new(__scope: &impl __sdb::RepositoryScope) -> Self {
                Self(__sdb::RepositoryScope::repository_of(__scope))
            }

            #finders
        }
    }
}

fn get_by_unique(
    input: &TableInput,
    joined: &JoinedTable<'_>,
    (position, key): (usize, &UniqueKey),
    name: &str,
    doc: &str,
) -> Option<TokenStream> {
    let (visibility, ident) = (&input.visibility, &input.ident);
    let types: Vec<_> = key
        .columns
        .iter()
        .map(|column| value_type(joined, column))
        .collect::<Option<_>>()?;
    let (arguments, taken) = (arguments(types.len()), taken(&key.columns, &types));
    let (function, position) = (format_ident!("{name}"), Literal::usize_unsuffixed(position));
    Some(quote! {
        #[doc = #doc]
        #visibility fn #function(&self, #(#arguments: #taken),*) -> __sdb::Find<#ident> {
            self.0.find(#position)#(.by::<#types>(#arguments))*
        }
    })
}

fn list(
    input: &TableInput,
    joined: &JoinedTable<'_>,
    index: &Index,
    name: &str,
    doc: &str,
    due: bool,
) -> Option<TokenStream> {
    let (visibility, ident) = (&input.visibility, &input.ident);
    let types = pins(joined, index)?;
    let (arguments, taken) = (arguments(types.len()), taken(&index.pinned, &types));
    let (function, constant) = (format_ident!("{name}"), constant_name(&index.name));
    let of = (!types.is_empty()).then(|| quote!(.of(#(#arguments),*)));
    let due = due.then(|| quote!(.due()));
    let scope = (index.scope == Scope::System).then(|| quote!(, __sdb::AcrossTenants));
    Some(quote! {
        #[doc = #doc]
        #visibility fn #function(&self, #(#arguments: #taken),*) -> __sdb::List<#ident #scope> {
            self.0.list(#ident::#constant #of)#due
        }
    })
}

fn arguments(number: usize) -> Vec<Ident> {
    (0..number)
        .map(|position| format_ident!("__{position}"))
        .collect()
}

/// What a finder takes for its columns: for a text whatever compares with one, else the very type.
fn taken(columns: &[Arc<Column>], types: &[TokenStream]) -> Vec<TokenStream> {
    let pairs = columns.iter().zip(types);
    let taken = pairs.map(|(column, kind)| match column.column_type {
        ColumnType::Text => quote!(impl __sdb::Comparable<#kind>),
        _ => kind.clone(),
    });
    taken.collect()
}
