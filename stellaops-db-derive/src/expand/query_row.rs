//! A row of a query: the names of its columns, and one call a tuple of fields.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::check::ResultFields;
use crate::expand::{hidden, row};
use crate::input::QueryRowInput;

/// Everything that a row is given.
pub(crate) fn whole(input: &QueryRowInput, fields: &ResultFields<'_>) -> TokenStream {
    let ident = &input.ident;
    let name = ident.unraw().to_string();
    let columns = fields.all().iter().map(|field| &field.column);
    let idents = fields.all().iter().map(|field| &field.ident);
    let types: Vec<_> = fields.all().iter().map(|field| &field.written_type).collect();
    let decoded = row::decoded(&types);
    let locals = (0..types.len()).map(row::local);
    let implementation = quote! {
        #[automatically_derived]
        impl __sdb::QueryRow for #ident {
            const NAME: &'static str = #name;
            const COLUMNS: __sdb::ResultColumns = __sdb::ResultColumns::Named(&[#(#columns),*]);

            fn read(__row: &__sdb::Row<'_>) -> __sdb::Result<Self, __sdb::DecodeError> {
                #decoded
                __sdb::Ok(Self { #(#idents: #locals),* })
            }
        }
    };
    hidden(&input.runtime, &[implementation, value_checks(&types)])
}

/// One check a field, shown at its type: the call that reads them all has no place for it.
fn value_checks(types: &[&Type]) -> TokenStream {
    let checks = types
        .iter()
        .map(|written| quote_spanned!(written.span()=> let _ = __sdb::is_value::<#written>;));
    checks.collect()
}
