//! The bodies that read a row and give its values out.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use crate::check::JoinedTable;
use crate::expand::descriptor::is_tuple;

/// As many fields a tuple holds; the runtime's tuples are made for so many.
const WIDTH: usize = 14;

/// `decode`, `parameter` and `key`.
pub(crate) fn bodies(joined: &JoinedTable<'_>) -> TokenStream {
    let types: Vec<&Type> = joined
        .columns
        .iter()
        .map(|joined| &joined.field.written_type)
        .collect();
    let (decoded, idents) = (decoded(&types), idents(joined));
    let locals = (0..idents.len()).map(local);
    let (written, key) = (written(joined), key(joined));
    quote! {
        fn decode(__row: &__sdb::Row<'_>) -> __sdb::Result<Self, __sdb::DecodeError> {
            #decoded
            __sdb::Ok(Self { #(#idents: #locals),* })
        }

        fn parameter(&self, __column: usize) -> __sdb::Result<__sdb::Parameter, __sdb::EncodeError> {
            __sdb::parameter(#written, __column)
        }

        fn key(&self) -> Self::Key {
            #key
        }
    }
}

fn idents<'a>(joined: &'a JoinedTable<'_>) -> Vec<&'a Ident> {
    joined.columns.iter().map(|joined| &joined.field.ident).collect()
}

/// The local that a field is read into.
pub(crate) fn local(position: usize) -> Ident {
    format_ident!("__{position}")
}

/// `let (__0, …) = read_fields::<(…)>(row, 0)?;`, as often as there are tuples. The types are written out:
/// inferring them takes the compiler longer.
pub(crate) fn decoded(types: &[&Type]) -> TokenStream {
    let tuples = types.chunks(WIDTH).enumerate();
    let tuples = tuples.map(|(number, types)| {
        let first = number * WIDTH;
        let locals = (first..first + types.len()).map(local);
        let first = Literal::usize_unsuffixed(first);
        quote!(let (#(#locals,)*) = __sdb::read_fields::<(#(#types,)*)>(__row, #first)?;)
    });
    tuples.collect()
}

/// `(&self.a, &self.b, …)`, in tuples of tuples where there are too many for one.
fn written(joined: &JoinedTable<'_>) -> TokenStream {
    let idents = idents(joined);
    let references: Vec<TokenStream> = idents.iter().map(|ident| quote!(&self.#ident)).collect();
    nested(&references)
}

fn nested(parts: &[TokenStream]) -> TokenStream {
    if parts.len() <= WIDTH {
        return quote!((#(#parts,)*));
    }
    let tuples: Vec<TokenStream> = parts.chunks(WIDTH).map(nested).collect();
    nested(&tuples)
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
