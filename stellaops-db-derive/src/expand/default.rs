//! The default of a column, as data: the same value as in the schema's SQL.

use proc_macro2::{Literal as Number, TokenStream};
use quote::quote;
use stellaops_db_spec::model::{Column, ColumnType, Default, Literal, Storage};

use crate::check::JoinedTable;

/// `(4, ColumnDefault::Text("open"))`, where a column has a default.
pub(crate) fn of(joined: &JoinedTable<'_>, column: &Column) -> Option<TokenStream> {
    let default = match column.default.as_ref()? {
        Default::Now => quote!(Now),
        Default::UuidV7 => quote!(UuidV7),
        Default::Literal(literal) => of_literal(&column.column_type, literal),
    };
    let position = joined.position(column);
    Some(quote!((#position, __sdb::ColumnDefault::#default)))
}

pub(crate) fn of_literal(column_type: &ColumnType, literal: &Literal) -> TokenStream {
    match (literal, column_type) {
        (Literal::EnumValue(name), ColumnType::Enum(declared)) => {
            match (declared.storage, declared.value(name)) {
                (Storage::SmallInt, Some(value)) => {
                    let code = Number::i16_unsuffixed(value.code);
                    quote!(SmallInt(#code))
                }
                _ => quote!(Text(#name)),
            }
        }
        (Literal::Text(text) | Literal::EnumValue(text), _) => quote!(Text(#text)),
        (Literal::Boolean(value), _) => quote!(Boolean(#value)),
        (Literal::Integer(value), _) => {
            let number = Number::i64_unsuffixed(*value);
            match column_type {
                ColumnType::SmallInt => quote!(SmallInt(#number)),
                ColumnType::Integer => quote!(Integer(#number)),
                _ => quote!(BigInt(#number)),
            }
        }
        (Literal::TextList(_), ColumnType::UuidArray) => quote!(NoUuids),
        (Literal::TextList(texts), _) => quote!(TextArray(&[#(#texts),*])),
    }
}
