//! Values for columns: a row to be and a patch are the same type, with a setter for each column. What a
//! patch may not set asks for a purpose that is none of a patch, so that the compiler says why.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use stellaops_db_spec::model::ColumnRole;
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::check::{JoinedColumn, JoinedTable};
use crate::input::TableInput;

/// `pub struct GraphJobAssignments<P>(…);`, and its two names.
pub(crate) fn declaration(input: &TableInput, table: &str) -> TokenStream {
    let TableInput {
        visibility,
        ident,
        new,
        patch,
        assignments,
        runtime,
        ..
    } = input;
    let doc = format!("Values for columns of `{table}`.");
    let new_doc = format!("A row of `{table}` to be inserted; made by [`{ident}::new_row`].");
    let patch_doc = format!("A change of some columns of `{table}`; made by [`{ident}::patch`].");
    quote! {
        #[doc = #doc]
        #[must_use]
        #visibility struct #assignments<P>(#runtime::__private::Assignments<P>);
        #[doc = #new_doc]
        #visibility type #new = #assignments<#runtime::__private::Insert>;
        #[doc = #patch_doc]
        #visibility type #patch = #assignments<#runtime::__private::Update>;
    }
}

/// The setters, and the way to what they assigned.
pub(crate) fn implementation(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let assignments = &input.assignments;
    let setters = joined.columns.iter().map(|column| setter(input, column));
    let generated = joined.table.columns.iter().filter(|column| column.is_generated());
    let generated =
        generated.map(|column| refusal(input, &any_identifier(&column.name), "DatabaseGenerates"));
    let unnamed = unnamed(input);
    quote! {
        /// Setters: each assigns a value to the column of its name.
        #[allow(missing_docs)]
        impl<__P> #assignments<__P> { #(#setters)* #(#generated)* }
        #unnamed
    }
}

/// What the runtime asks of assignments.
pub(crate) fn unnamed(input: &TableInput) -> TokenStream {
    let assignments = &input.assignments;
    quote! {
        impl<__P: __sdb::Purpose> __sdb::NamedAssignments<__P> for #assignments<__P> {
            fn into_assignments(self) -> __sdb::Assignments<__P> {
                self.0
            }
        }
    }
}

/// `new_row` and `patch`.
pub(crate) fn constructors(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let TableInput {
        visibility,
        new,
        patch,
        assignments,
        ..
    } = input;
    let required = joined
        .columns
        .iter()
        .filter(|column| column.column.is_required_at_insert());
    let nothing = quote!(__sdb::Assignments::new());
    let mut parameters = Vec::new();
    let assigned = required.fold(nothing, |before, column| {
        let (position, written) = (column.literal(), &column.field.written_type);
        let value = at_type(column, column.field.ident.clone());
        parameters.push(quote!(#value: #written));
        quote!(__sdb::assign(#before, #position, #value))
    });
    quote! {
        /// A new row; the columns that are not asked for have setters.
        #visibility fn new_row(#(#parameters),*) -> #new {
            #assignments(#assigned)
        }

        /// A change that sets nothing yet; what it does not set stays as it is.
        #visibility fn patch() -> #patch {
            #assignments(__sdb::Assignments::new())
        }
    }
}

/// The setter of a column. One that a patch may not set asks for assignments of a new row; one that nobody
/// assigns asks for what there is not. The compiler then says why.
fn setter(input: &TableInput, column: &JoinedColumn<'_>) -> TokenStream {
    let field = &column.field.ident;
    let purpose = match column.column.role {
        _ if column.is_patchable => None,
        ColumnRole::Tenant => return refusal(input, field, "ScopeGives"),
        ColumnRole::Identity | ColumnRole::Chained => return refusal(input, field, "DatabaseNumbers"),
        _ if !column.column.is_inserted() => return refusal(input, field, "SetByTheRuntime"),
        ColumnRole::Key => Some(quote!(where __P: __sdb::SetsKey)),
        ColumnRole::Status => Some(quote!(where __P: __sdb::SetsStatus)),
        _ => Some(quote!(where __P: __sdb::SetsAtInsert)),
    };
    let (visibility, written, position) = (&input.visibility, &column.field.written_type, column.literal());
    let value = at_type(column, format_ident!("__value"));
    quote! {
        #visibility fn #field(self, #value: #written) -> Self #purpose {
            Self(__sdb::assign(self.0, #position, #value))
        }
    }
}

/// A local whose place is the field's type: what is no value of a column is shown there, and once, because all
/// setters call the same function.
fn at_type(column: &JoinedColumn<'_>, mut local: Ident) -> Ident {
    local.set_span(column.field.written_type.span());
    local
}

fn refusal(input: &TableInput, name: &Ident, reason: &str) -> TokenStream {
    let (visibility, reason) = (&input.visibility, format_ident!("{reason}"));
    quote! {
        #[doc(hidden)]
        #visibility fn #name(self, _: impl __sdb::#reason) -> Self { self }
    }
}

/// A column's name as an identifier, raw where Rust keeps the word for itself.
fn any_identifier(name: &str) -> Ident {
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
