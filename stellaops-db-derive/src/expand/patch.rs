//! A patch: a setter for each column that may be patched, and for the others one that says why not.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use stellaops_db_spec::model::{Column, ColumnRole};
use syn::Ident;
use syn::ext::IdentExt;

use crate::check::{JoinedColumn, JoinedTable};
use crate::input::TableInput;

/// `pub struct GraphJobPatch { … }`
pub(crate) fn declaration(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let (visibility, patch, ident, runtime) = (&input.visibility, &input.patch, &input.ident, &input.runtime);
    let fields = patchable(joined).map(|column| {
        let (field, written) = (&column.field.ident, &column.field.written_type);
        quote!(#field: #runtime::__private::Option<#written>)
    });
    let doc = format!(
        "A change of some columns of `{}`; made by [`{ident}::patch`].",
        joined.table.qualified()
    );
    quote! {
        #[doc = #doc]
        #[must_use]
        #[allow(dead_code, private_interfaces, unreachable_pub)]
        #visibility struct #patch { #(#fields),* }
    }
}

/// The setters, and what the runtime asks of a patch.
pub(crate) fn implementation(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let (patch, ident) = (&input.patch, &input.ident);
    let setters = setters(input, joined);
    let fields = patchable(joined).map(|column| &column.field.ident);
    quote! {
        #setters
        #[automatically_derived]
        impl __sdb::Patch for #patch {
            type Table = #ident;

            fn columns(&self, __columns: &mut __sdb::PatchColumns) -> __sdb::Result<(), __sdb::EncodeError> {
                #(__columns.column(&self.#fields)?;)*
                __sdb::Ok(())
            }
        }
    }
}

/// `patch`, the setters and `Debug`.
pub(crate) fn setters(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let (visibility, ident, patch) = (&input.visibility, &input.ident, &input.patch);
    let fields = patchable(joined).map(|column| &column.field.ident);
    let setters = patchable(joined).map(|column| setter(input, column));
    let others = joined
        .columns
        .iter()
        .filter(|column| !is_patchable(joined, column.column));
    let refusals = others.map(|column| refusal(input, &column.field.ident, column.column));
    let generated = joined.table.columns.iter().filter(|column| column.is_generated());
    let generated = generated.map(|column| refusal(input, &any_identifier(&column.name), column));
    let doc = "A change that sets nothing yet; what it does not set stays as it is.";
    let refusals = refusals.chain(generated);
    quote! {
        impl #ident {
            #[doc = #doc]
            #visibility fn patch() -> #patch {
                #patch { #(#fields: __sdb::None),* }
            }
        }
        impl #patch { #(#setters)* }
        #[doc(hidden)]
        #[allow(missing_docs)]
        impl #patch { #(#refusals)* }
    }
}

fn setter(input: &TableInput, column: &JoinedColumn<'_>) -> TokenStream {
    let (visibility, field, written) = (&input.visibility, &column.field.ident, &column.field.written_type);
    let doc = format!("Sets `{}`.", column.column.name);
    quote! {
        #[doc = #doc]
        #visibility fn #field(mut self, __value: #written) -> Self {
            self.#field = __sdb::Some(__value);
            self
        }
    }
}

/// A setter that no value satisfies: whoever calls it is told which verb is meant instead.
fn refusal(input: &TableInput, name: &Ident, column: &Column) -> TokenStream {
    let visibility = &input.visibility;
    let reason = match column.role {
        ColumnRole::Tenant | ColumnRole::Key | ColumnRole::Identity => quote!(KeyNeverChanges),
        ColumnRole::Status => quote!(StatusChangesByCompareAndSwap),
        ColumnRole::Generated(_) => quote!(DatabaseGenerates),
        _ => quote!(SetByTheRuntime),
    };
    quote! {
        #visibility fn #name(self, _: impl __sdb::#reason) -> Self { self }
    }
}

fn patchable<'a>(joined: &'a JoinedTable<'a>) -> impl Iterator<Item = &'a JoinedColumn<'a>> {
    joined
        .columns
        .iter()
        .filter(|column| is_patchable(joined, column.column))
}

fn is_patchable(joined: &JoinedTable<'_>, column: &Column) -> bool {
    joined
        .table
        .patchable()
        .iter()
        .any(|patchable| patchable.name == column.name)
}

/// A column's name as an identifier, raw where Rust keeps the word for itself.
pub(crate) fn any_identifier(name: &str) -> Ident {
    match syn::parse_str::<Ident>(name) {
        Ok(ident) => ident,
        // These four cannot even be raw.
        Err(_) if ["self", "super", "crate", "Self", "_"].contains(&name) => format_ident!("{name}_"),
        Err(_) => match syn::parse::Parser::parse_str(Ident::parse_any, name) {
            Ok(_) => Ident::new_raw(name, proc_macro2::Span::call_site()),
            Err(_) => format_ident!("column_{}", name.len()),
        },
    }
}
