//! What is emitted after a fault: implementations that type-check and are never run, and every name
//! that can still be told, so that code that uses the type shows no errors of its own. The empty name
//! in a descriptor fits every column, so that a type is not reported twice.

use proc_macro2::TokenStream;
use quote::quote;

use crate::check::JoinedTable;
use crate::expand::{self, descriptor, hidden, reader, repository};
use crate::input::{DocumentInput, EnumInput, TableInput};

/// After a fault in a table.
pub(crate) fn table(input: &TableInput, joined: Option<&JoinedTable<'_>>) -> TokenStream {
    if input.is_generic || !input.types_are_distinct() {
        return TokenStream::new();
    }
    let (types, names) = match joined {
        Some(joined) => (expand::types(input, joined), expand::names(input, joined)),
        None => (bare_types(input), bare_names(input)),
    };
    let key = joined.map_or_else(|| quote!(()), descriptor::key_type);
    let tenancy = joined.map_or_else(|| quote!(Tenant), |joined| descriptor::tenancy(joined.table));
    let markers = match joined {
        Some(joined) => descriptor::markers(input, joined.table),
        None => all_markers(input),
    };
    let finders = match joined {
        Some(joined) => repository::implementation(input, joined),
        None => repository::base(input, reader::generic(input)),
    };
    let unreachable = implementation(input, &key, &tenancy);
    let hidden = hidden(&input.runtime, &[names, markers, finders, unreachable]);
    quote! { #types #hidden }
}

/// `Table`, `NewRow` and `Patch`, never run.
fn implementation(input: &TableInput, key: &TokenStream, tenancy: &TokenStream) -> TokenStream {
    let (ident, new, patch) = (&input.ident, &input.new, &input.patch);
    quote! {
        #[automatically_derived]
        impl __sdb::Table for #ident {
            type Key = #key;
            type Tenancy = __sdb::tenancy::#tenancy;
            type New = #new;
            type Patch = #patch;
            const DESCRIPTOR: &'static __sdb::TableDescriptor = ::core::unreachable!();
            fn decode(_: &__sdb::Row<'_>) -> __sdb::Result<Self, __sdb::DecodeError> { ::core::unreachable!() }
            fn parameter(&self, _: usize) -> __sdb::Result<__sdb::Parameter, __sdb::EncodeError> { ::core::unreachable!() }
            fn key(&self) -> Self::Key { ::core::unreachable!() }
        }
        #[automatically_derived]
        impl __sdb::NewRow for #new {
            type Table = #ident;
            fn parameters(&self, _: &__sdb::InsertContext<'_>) -> __sdb::Result<__sdb::Vec<__sdb::Parameter>, __sdb::EncodeError> {
                ::core::unreachable!()
            }
        }
        #[automatically_derived]
        impl __sdb::Patch for #patch {
            type Table = #ident;
            fn columns(&self, _: &mut __sdb::PatchColumns) -> __sdb::Result<(), __sdb::EncodeError> { ::core::unreachable!() }
        }
    }
}

fn bare_types(input: &TableInput) -> TokenStream {
    let TableInput {
        ident,
        visibility,
        new,
        patch,
        repository,
        runtime,
        ..
    } = input;
    quote! {
        #[allow(missing_docs, dead_code)]
        #visibility struct #new;
        #[allow(missing_docs, dead_code)]
        #visibility struct #patch;
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #[allow(missing_docs, dead_code)]
        #visibility struct #repository(#runtime::__private::Repository<#ident>);
    }
}

fn bare_names(input: &TableInput) -> TokenStream {
    let TableInput {
        ident,
        visibility,
        patch,
        ..
    } = input;
    quote! {
        impl #ident {
            #[allow(missing_docs)]
            #visibility fn patch() -> #patch { #patch }
        }
    }
}

fn all_markers(input: &TableInput) -> TokenStream {
    let ident = &input.ident;
    quote! {
        #[automatically_derived]
        impl __sdb::Identified for #ident { const TABLE: &'static str = ""; }
        impl __sdb::Changeable for #ident {}
        impl __sdb::Deletable for #ident {}
        impl __sdb::Purgeable for #ident {}
        impl __sdb::Partitioned for #ident {}
        impl __sdb::Chained for #ident {}
        impl __sdb::Patchable for #ident {}
        impl __sdb::Upsertable for #ident {}
    }
}

/// After a fault in an enum.
pub(crate) fn enumeration(input: &EnumInput) -> TokenStream {
    if input.is_generic {
        return TokenStream::new();
    }
    let ident = &input.ident;
    let implementation = quote! {
        #[automatically_derived]
        impl __sdb::DbEnum for #ident {
            const DESCRIPTOR: &'static __sdb::EnumDescriptor = &__sdb::EnumDescriptor { name: "", is_text: false, values: &[] };
            fn position(self) -> usize { ::core::unreachable!() }
            fn at(_: usize) -> __sdb::Option<Self> { ::core::unreachable!() }
        }
    };
    hidden(&input.runtime, &[implementation, expand::enum_value(input)])
}

/// After a fault in a document.
pub(crate) fn document(input: &DocumentInput) -> TokenStream {
    if input.is_generic {
        return TokenStream::new();
    }
    let ident = &input.ident;
    let implementation = quote! {
        #[automatically_derived]
        impl __sdb::JsonShape for #ident {
            const DESCRIPTOR: &'static __sdb::ShapeDescriptor =
                &__sdb::ShapeDescriptor { name: "", versions: &[], members: __sdb::None, parts: &[] };
            fn to_json(&self) -> __sdb::Result<__sdb::Json, __sdb::EncodeError> { ::core::unreachable!() }
            fn from_json(_: &str, _: __sdb::Json) -> __sdb::Result<Self, __sdb::String> { ::core::unreachable!() }
        }
        #[automatically_derived]
        impl<__M> __sdb::HoldsMember<__M> for #ident {
            const PART: __sdb::Option<&'static __sdb::ShapeDescriptor> =
                __sdb::Some(<Self as __sdb::JsonShape>::DESCRIPTOR);
        }
    };
    hidden(
        &input.runtime,
        &[
            implementation,
            expand::document_value(input),
            expand::document_canonical(input),
        ],
    )
}
