//! The repository under the table's own name, with its finders.

use std::sync::Arc;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use stellaops_db_spec::model::{Column, ColumnType, FinderTarget, Index, Scope, Table, Tenancy, UniqueKey};
use syn::Ident;

use crate::check::JoinedTable;
use crate::expand::column::{constant_name, orders, pins, value_type};
use crate::expand::reader;
use crate::input::TableInput;

/// Who the repository of a table may be asked of: of a tenant's scope, and of a system scope as well where
/// the table is global. Then the repository has a type parameter, so that both find rows by the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callers {
    Tenants,
    TenantsAndSystem,
}

impl Callers {
    pub(crate) fn of(table: &Table) -> Self {
        match table.tenancy {
            Tenancy::Global => Callers::TenantsAndSystem,
            _ => Callers::Tenants,
        }
    }

    /// `<A>`, or nothing.
    fn parameter(self) -> Option<TokenStream> {
        (self == Callers::TenantsAndSystem).then(|| quote!(<__Access>))
    }
}

/// `pub struct GraphJobRepository(…);`
pub(crate) fn declaration(input: &TableInput, name: &str, callers: Callers) -> TokenStream {
    let (visibility, repository, ident, runtime) =
        (&input.visibility, &input.repository, &input.ident, &input.runtime);
    let doc = format!("The rows of `{name}`, within a scope.");
    let (parameter, argument) = match callers {
        Callers::Tenants => (None, None),
        Callers::TenantsAndSystem => (
            Some(quote!(<__Access = #runtime::__private::tenancy::TenantAccess>)),
            Some(quote!(, __Access)),
        ),
    };
    quote! {
        #[doc = #doc]
        #[allow(dead_code, private_interfaces, unreachable_pub)]
        #visibility struct #repository #parameter(#runtime::__private::Repository<#ident #argument>);
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
    let callers = Callers::of(joined.table);
    let base = base(input, callers, reader::name(input, joined.table), &finders);
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
pub(crate) fn base(
    input: &TableInput,
    callers: Callers,
    reader: TokenStream,
    finders: &TokenStream,
) -> TokenStream {
    let (visibility, repository, ident) = (&input.visibility, &input.repository, &input.ident);
    let parameter = callers.parameter();
    let argument = parameter.as_ref().map(|_| quote!(, __Access));
    let within_system = parameter.as_ref().map(|_| within_system(input));
    quote! {
        impl __sdb::NamedRepository for #repository {
            type Table = #ident;
            type AcrossTenants = #reader;

            fn wrap(__repository: __sdb::Repository<#ident>) -> Self {
                Self(__repository)
            }
        }
        #within_system
        impl #parameter ::core::ops::Deref for #repository #parameter {
            type Target = __sdb::Repository<#ident #argument>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
        impl #parameter ::core::clone::Clone for #repository #parameter {
            fn clone(&self) -> Self {
                Self(::core::clone::Clone::clone(&self.0))
            }
        }
        impl #parameter ::core::fmt::Debug for #repository #parameter {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, __formatter)
            }
        }
        impl #repository {
            /// The repository within a scope.
            #visibility fn new(__scope: &impl __sdb::RepositoryScope) -> Self {
                Self(__sdb::RepositoryScope::repository_of(__scope))
            }
        }
        impl #parameter #repository #parameter {
            #finders
        }
    }
}

fn within_system(input: &TableInput) -> TokenStream {
    let (repository, ident) = (&input.repository, &input.ident);
    let access = quote!(__sdb::tenancy::SystemAccess);
    quote! {
        #[diagnostic::do_not_recommend]
        impl __sdb::GlobalRepository for #repository {
            type WithinSystem = #repository<#access>;

            fn wrap_within_system(__repository: __sdb::Repository<#ident, #access>) -> Self::WithinSystem {
                #repository(__repository)
            }
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
            self.0.find_by(#position)#(.by::<#types>(#arguments))*
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
