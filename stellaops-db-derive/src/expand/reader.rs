//! The reads of a table across tenants: under names of their own, where an index serves them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use stellaops_db_spec::model::{Scope, Table};

use crate::check::JoinedTable;
use crate::expand::repository::lists;
use crate::input::TableInput;

/// `pub struct TriggerAcrossTenants(…);`, where there is such a read.
pub(crate) fn declaration(input: &TableInput, table: &Table) -> TokenStream {
    if !has_reads(table) {
        return TokenStream::new();
    }
    let (visibility, ident, runtime) = (&input.visibility, &input.ident, &input.runtime);
    let reader = format_ident!("{ident}AcrossTenants");
    let doc = format!(
        "The rows of `{}` of all tenants, within a system scope.",
        table.qualified()
    );
    quote! {
        #[doc = #doc]
        #[derive(::core::fmt::Debug)]
        #[allow(dead_code, private_interfaces, unreachable_pub)]
        #visibility struct #reader(#runtime::__private::SystemReader<#ident>);
    }
}

/// The type that reads across tenants: the table's own, or the generic one.
pub(crate) fn name(input: &TableInput, table: &Table) -> TokenStream {
    let ident = &input.ident;
    if has_reads(table) {
        let reader = format_ident!("{ident}AcrossTenants");
        quote!(#reader)
    } else {
        generic(input)
    }
}

/// The type of a table without such reads.
pub(crate) fn generic(input: &TableInput) -> TokenStream {
    let ident = &input.ident;
    quote!(__sdb::SystemReader<#ident>)
}

/// The lists across tenants, and the way to the generic reader.
pub(crate) fn implementation(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    if !has_reads(joined.table) {
        return TokenStream::new();
    }
    let (ident, reader) = (&input.ident, name(input, joined.table));
    let lists = lists(input, joined, Scope::System);
    quote! {
        impl __sdb::NamedReader for #reader {
            type Table = #ident;

            fn wrap(__reader: __sdb::SystemReader<#ident>) -> Self {
                Self(__reader)
            }
        }
        impl ::core::ops::Deref for #reader {
            type Target = __sdb::SystemReader<#ident>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
        impl #reader {
            #(#lists)*
        }
    }
}

fn has_reads(table: &Table) -> bool {
    let mut orders = table.indexes.iter().filter(|index| !index.order.is_empty());
    orders.any(|index| index.scope == Scope::System)
}
