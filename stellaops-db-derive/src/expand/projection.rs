//! A projection: the positions of its columns, and one call a tuple of fields.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;
use syn::spanned::Spanned;

use crate::check::JoinedTable;
use crate::expand::{compatible, files, hidden, row};
use crate::input::ProjectionInput;
use crate::specs::Specs;

/// Everything that a projection is given.
pub(crate) fn whole(
    input: &ProjectionInput,
    of: &Path,
    joined: &JoinedTable<'_>,
    specs: &Specs,
) -> TokenStream {
    let ident = &input.ident;
    let tracked = specs.tracked(files(joined, &specs.schema_file()));
    let checks = compatible::checks(&quote!(#of).to_string(), joined);
    let statements = checks.statements;
    let positions = joined.columns.iter().map(|column| column.literal());
    let idents = joined.columns.iter().map(|column| &column.field.ident);
    let types: Vec<_> = joined
        .columns
        .iter()
        .map(|column| &column.field.written_type)
        .collect();
    let decoded = row::decoded(&types);
    let locals = (0..types.len()).map(row::local);
    let implementation = quote! {
        #[automatically_derived]
        impl __sdb::Projection<#of> for #ident {
            fn columns() -> __sdb::Vec<usize> {
                __sdb::Vec::from([#(#positions),*])
            }

            fn decode(__row: &__sdb::Row<'_>) -> __sdb::Result<Self, __sdb::DecodeError> {
                #decoded
                __sdb::Ok(Self { #(#idents: #locals),* })
            }
        }
    };
    let parts = [
        checks.constants,
        is_table(of, &joined.table.qualified()),
        implementation,
        quote! { #tracked #statements },
    ];
    hidden(&input.runtime, &parts)
}

/// Whether the struct is that of the table, whose columns were counted.
fn is_table(of: &Path, table: &str) -> TokenStream {
    quote::quote_spanned!(of.span()=> const _: () = __sdb::is_table::<#of>(#table);)
}
