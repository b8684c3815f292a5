//! A row to be: what `new_row` takes, what has setters, what is sent.

use proc_macro2::TokenStream;
use quote::quote;
use stellaops_db_spec::model::{Column, ColumnRole, ColumnType, Default, Enum, Literal, Storage};

use crate::check::{JoinedColumn, JoinedTable};
use crate::input::TableInput;

/// `pub struct NewGraphJob { … }`
pub(crate) fn declaration(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let (visibility, new, ident, runtime) = (&input.visibility, &input.new, &input.ident, &input.runtime);
    let fields = given(joined).map(|column| {
        let (field, written) = (&column.field.ident, &column.field.written_type);
        if has_default(column) {
            quote!(#field: #runtime::__private::Option<#written>)
        } else {
            quote!(#field: #written)
        }
    });
    let doc = format!(
        "A row of `{}` to be inserted; made by [`{ident}::new_row`].",
        joined.table.qualified()
    );
    quote! {
        #[doc = #doc]
        #[must_use]
        #[allow(dead_code, private_interfaces, unreachable_pub)]
        #visibility struct #new { #(#fields),* }
    }
}

/// The setters, and what the runtime asks of a new row.
pub(crate) fn implementation(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let (new, ident) = (&input.new, &input.ident);
    let setters = setters(input, joined);
    let inserted = joined.table.inserted();
    let parameters = inserted.iter().filter_map(|column| parameter(joined, column));
    quote! {
        #setters
        #[automatically_derived]
        impl __sdb::NewRow for #new {
            type Table = #ident;

            fn parameters(&self, __context: &__sdb::InsertContext<'_>) -> __sdb::Result<__sdb::Vec<__sdb::Parameter>, __sdb::EncodeError> {
                __sdb::Ok(::std::vec![#(#parameters),*])
            }
        }
    }
}

/// `new_row`, the setters and `Debug`.
pub(crate) fn setters(input: &TableInput, joined: &JoinedTable<'_>) -> TokenStream {
    let (visibility, ident, new) = (&input.visibility, &input.ident, &input.new);
    let required: Vec<_> = given(joined)
        .filter(|column| column.column.is_required_at_insert())
        .collect();
    let names: Vec<_> = required.iter().map(|column| &column.field.ident).collect();
    let types = required.iter().map(|column| &column.field.written_type);
    let optional: Vec<_> = given(joined)
        .filter(|column| column.column.is_optional_at_insert())
        .collect();
    let optional_names = optional.iter().map(|column| &column.field.ident);
    let setters = optional.iter().map(|column| setter(input, column));
    let doc = format!(
        "A new row of `{}`; the other columns have setters.",
        joined.table.qualified()
    );
    quote! {
        impl #ident {
            #[doc = #doc]
            #visibility fn new_row(#(#names: #types),*) -> #new {
                #new { #(#names,)* #(#optional_names: __sdb::None),* }
            }
        }
        impl #new { #(#setters)* }
    }
}

fn setter(input: &TableInput, column: &JoinedColumn<'_>) -> TokenStream {
    let (visibility, field, written) = (&input.visibility, &column.field.ident, &column.field.written_type);
    let value = if has_default(column) {
        quote!(__sdb::Some(__value))
    } else {
        quote!(__value)
    };
    let doc = format!("Sets `{}`.", column.column.name);
    quote! {
        #[doc = #doc]
        #visibility fn #field(mut self, __value: #written) -> Self {
            self.#field = #value;
            self
        }
    }
}

/// The columns that a new row is given, or has a default for.
fn given<'a>(joined: &'a JoinedTable<'a>) -> impl Iterator<Item = &'a JoinedColumn<'a>> {
    joined
        .columns
        .iter()
        .filter(|column| column.column.is_inserted() && column.column.role != ColumnRole::Tenant)
}

/// Whether leaving the column out means something else than NULL.
fn has_default(column: &JoinedColumn<'_>) -> bool {
    // A nullable column whose field is no `Option` is a fault; what is emitted then must still fit.
    let takes_null = column.field.is_option || column.column.is_required_at_insert();
    column.column.default.is_some() || !takes_null
}

fn parameter(joined: &JoinedTable<'_>, column: &Column) -> Option<TokenStream> {
    if column.role == ColumnRole::Tenant {
        return Some(quote!(__sdb::Parameter::Tenant(::core::clone::Clone::clone(
            __context.tenant
        ))));
    }
    let field = joined.joined(column)?.field;
    let (ident, written) = (&field.ident, &field.written_type);
    Some(match &column.default {
        None => quote!(<#written as __sdb::Value>::to_parameter(&self.#ident)?),
        Some(default) => {
            let default = default_parameter(column, default);
            quote! {
                match &self.#ident {
                    __sdb::Some(__value) => <#written as __sdb::Value>::to_parameter(__value)?,
                    __sdb::None => #default,
                }
            }
        }
    })
}

/// The default as the database is sent it; the same value as in the schema's SQL.
fn default_parameter(column: &Column, default: &Default) -> TokenStream {
    match default {
        Default::Now => quote!(__sdb::Value::to_parameter(&__context.now)?),
        Default::UuidV7 => quote!(__sdb::Parameter::Uuid(__sdb::Some(__context.ids.next()))),
        Default::Literal(literal) => literal_parameter(&column.column_type, literal),
    }
}

fn literal_parameter(column_type: &ColumnType, literal: &Literal) -> TokenStream {
    match literal {
        Literal::Text(text) => text_parameter(text),
        Literal::Boolean(value) => quote!(__sdb::Parameter::Boolean(__sdb::Some(#value))),
        Literal::Integer(value) => integer_parameter(column_type, *value),
        Literal::EnumValue(name) => match column_type {
            ColumnType::Enum(declared) => enum_parameter(declared, name),
            _ => text_parameter(name),
        },
        Literal::TextList(_) if *column_type == ColumnType::UuidArray => {
            quote!(__sdb::Parameter::UuidArray(__sdb::Some(__sdb::Vec::new())))
        }
        Literal::TextList(texts) => {
            quote!(__sdb::Parameter::TextArray(__sdb::Some(
                ::std::vec![#(::std::borrow::ToOwned::to_owned(#texts)),*]
            )))
        }
    }
}

fn text_parameter(text: &str) -> TokenStream {
    quote!(__sdb::Parameter::Text(__sdb::Some(::std::borrow::ToOwned::to_owned(#text))))
}

fn integer_parameter(column_type: &ColumnType, value: i64) -> TokenStream {
    let number = proc_macro2::Literal::i64_unsuffixed(value);
    match column_type {
        ColumnType::SmallInt => quote!(__sdb::Parameter::SmallInt(__sdb::Some(#number))),
        ColumnType::Integer => quote!(__sdb::Parameter::Integer(__sdb::Some(#number))),
        _ => quote!(__sdb::Parameter::BigInt(__sdb::Some(#number))),
    }
}

fn enum_parameter(declared: &Enum, name: &str) -> TokenStream {
    match (declared.storage, declared.value(name)) {
        (Storage::SmallInt, Some(value)) => {
            let code = proc_macro2::Literal::i16_unsuffixed(value.code);
            quote!(__sdb::Parameter::SmallInt(__sdb::Some(#code)))
        }
        _ => text_parameter(name),
    }
}
