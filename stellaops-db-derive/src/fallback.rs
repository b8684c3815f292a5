//! What is emitted after a fault: implementations that type-check and are never run, and every name
//! that can still be told, so that code that uses the type shows no errors of its own. The empty name
//! in a descriptor fits every column, so that a type is not reported twice.

use proc_macro2::TokenStream;
use quote::quote;
use stellaops_db_spec::statement::Statements;

use crate::check::JoinedTable;
use crate::expand::repository::Callers;
use crate::expand::{self, assignments, descriptor, hidden, reader, repository};
use crate::input::{DocumentInput, EnumInput, ProjectionInput, QueryRowInput, TableInput};

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
    let name = joined.map(|joined| joined.table.qualified()).unwrap_or_default();
    let identified = descriptor::identified(input, &name);
    let verbs = joined.map_or_else(all_verbs, |joined| {
        descriptor::verbs(joined.table, &Statements::of(joined.table))
    });
    let finders = match joined {
        Some(joined) => repository::implementation(input, joined),
        None => repository::base(input, UNKNOWN, reader::generic(input), &TokenStream::new()),
    };
    let unreachable = implementation(input, &key, &tenancy, &verbs);
    let hidden = hidden(&input.runtime, &[names, identified, finders, unreachable]);
    quote! { #types #hidden }
}

/// Of a table that is not known: whatever is called, it has.
fn all_verbs() -> TokenStream {
    let all = [true; descriptor::VERBS];
    quote!(__sdb::Verbs<#(#all),*>)
}

/// `Table`, never run.
fn implementation(
    input: &TableInput,
    key: &TokenStream,
    tenancy: &TokenStream,
    verbs: &TokenStream,
) -> TokenStream {
    let (ident, assignments) = (&input.ident, &input.assignments);
    quote! {
        #[automatically_derived]
        impl __sdb::Table for #ident {
            type Key = #key;
            type Tenancy = __sdb::tenancy::#tenancy;
            type Verbs = #verbs;
            type Assignments<__P: __sdb::Purpose> = #assignments<__P>;
            const DESCRIPTOR: &'static __sdb::TableDescriptor = ::core::unreachable!();
            fn decode(_: &__sdb::Row<'_>) -> __sdb::Result<Self, __sdb::DecodeError> { ::core::unreachable!() }
            fn parameter(&self, _: usize) -> __sdb::Result<__sdb::Parameter, __sdb::EncodeError> { ::core::unreachable!() }
            fn key(&self) -> Self::Key { ::core::unreachable!() }
        }
    }
}

/// A table that is not known may be a global one, as far as its callers can tell.
const UNKNOWN: Callers = Callers::TenantsAndSystem;

/// The types of a struct that names no table.
fn bare_types(input: &TableInput) -> TokenStream {
    let name = input.ident.to_string();
    let assignments = assignments::declaration(input, &name);
    let repository = repository::declaration(input, &name, UNKNOWN);
    quote! { #assignments #repository }
}

fn bare_names(input: &TableInput) -> TokenStream {
    let TableInput {
        ident,
        visibility,
        patch,
        assignments,
        ..
    } = input;
    let unnamed = assignments::unnamed(input);
    quote! {
        impl #ident {
            #[allow(missing_docs)]
            #visibility fn patch() -> #patch { #assignments(__sdb::Assignments::new()) }
        }
        #unnamed
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
            const DESCRIPTOR: &'static __sdb::EnumDescriptor<Self> =
                &__sdb::EnumDescriptor { name: "", variants: &[], names: &[], codes: &[] };
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
                &__sdb::ShapeDescriptor { name: "", versions: &[], members: __sdb::None, fields: &[], parts: &[] };
            fn to_json(&self) -> __sdb::Result<__sdb::Json, __sdb::EncodeError> { ::core::unreachable!() }
            fn from_text(_: &str) -> __sdb::Option<Self> { ::core::unreachable!() }
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

/// After a fault in a row of a query.
pub(crate) fn query_row(input: &QueryRowInput) -> TokenStream {
    if input.is_generic {
        return TokenStream::new();
    }
    let ident = &input.ident;
    let implementation = quote! {
        #[automatically_derived]
        impl __sdb::QueryRow for #ident {
            const NAME: &'static str = "";
            const COLUMNS: __sdb::ResultColumns = __sdb::ResultColumns::Named(&[]);
            fn read(_: &__sdb::Row<'_>) -> __sdb::Result<Self, __sdb::DecodeError> { ::core::unreachable!() }
        }
    };
    hidden(&input.runtime, &[implementation])
}

/// After a fault in a projection.
pub(crate) fn projection(input: &ProjectionInput) -> TokenStream {
    let Some(of) = input.of.as_ref().filter(|_| !input.is_generic) else {
        return TokenStream::new();
    };
    let ident = &input.ident;
    let implementation = quote! {
        #[automatically_derived]
        impl __sdb::Projection<#of> for #ident {
            fn columns() -> __sdb::Vec<usize> { ::core::unreachable!() }
            fn decode(_: &__sdb::Row<'_>) -> __sdb::Result<Self, __sdb::DecodeError> { ::core::unreachable!() }
        }
    };
    hidden(&input.runtime, &[implementation])
}
