//! The bodies that read a row and give its values out.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::check::JoinedTable;
use crate::expand::descriptor::is_tuple;

/// `decode`, `parameter` and `key`.
pub(crate) fn bodies(joined: &JoinedTable<'_>) -> TokenStream {
    let decoded = joined.columns.iter().enumerate().map(|(position, joined)| {
        let position = Literal::usize_unsuffixed(position);
        let (ident, written) = (&joined.field.ident, &joined.field.written_type);
        quote!(#ident: <#written as __sdb::Value>::from_row(__row, #position)?)
    });
    let parameters = joined.columns.iter().enumerate().map(|(position, joined)| {
        let position = Literal::usize_unsuffixed(position);
        let (ident, written) = (&joined.field.ident, &joined.field.written_type);
        quote!(#position => <#written as __sdb::Value>::to_parameter(&self.#ident),)
    });
    let key = key(joined);
    quote! {
        fn decode(__row: &__sdb::Row<'_>) -> __sdb::Result<Self, __sdb::DecodeError> {
            __sdb::Ok(Self { #(#decoded),* })
        }

        fn parameter(&self, __column: usize) -> __sdb::Result<__sdb::Parameter, __sdb::EncodeError> {
            match __column {
                #(#parameters)*
                _ => __sdb::Err(__sdb::EncodeError::NoColumn { column: __column }),
            }
        }

        fn key(&self) -> Self::Key {
            #key
        }
    }
}

fn key(joined: &JoinedTable<'_>) -> TokenStream {
    let own = joined.table.own_key();
    let values = own
        .iter()
        .filter_map(|column| joined.joined(column))
        .map(|joined| {
            let ident = &joined.field.ident;
            quote!(::core::clone::Clone::clone(&self.#ident))
        });
    if is_tuple(joined.table) {
        quote!((#(#values,)*))
    } else {
        quote!(#(#values)*)
    }
}
