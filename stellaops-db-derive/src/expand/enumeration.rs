//! An enum of the specs.

use proc_macro2::TokenStream;
use quote::quote;
use stellaops_db_spec::model::Storage;

use crate::check::JoinedEnum;
use crate::expand::{held, hidden};
use crate::input::EnumInput;
use crate::specs::Specs;

/// Everything that an enum is given.
pub(crate) fn whole(input: &EnumInput, joined: &JoinedEnum<'_>, specs: &Specs) -> TokenStream {
    let ident = &input.ident;
    let declared = joined.declared;
    let tracked = specs.tracked([declared.place.file.as_ref(), specs.schema_file().as_str()]);
    let (name, is_text) = (declared.qualified(), declared.storage == Storage::Text);
    let values = declared.stored().map(|value| {
        let (name, code) = (&value.name, proc_macro2::Literal::i16_unsuffixed(value.code));
        quote!((#name, #code))
    });
    let variants = &joined.variants;
    let positions: Vec<usize> = (0..variants.len()).collect();
    let value = value(input);
    let implementation = quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::DbEnum for #ident {
            const DESCRIPTOR: &'static __sdb::EnumDescriptor =
                &__sdb::EnumDescriptor { name: #name, is_text: #is_text, values: &[#(#values),*] };

            fn position(self) -> usize {
                match self { #(Self::#variants => #positions,)* }
            }

            fn at(__position: usize) -> __sdb::Option<Self> {
                match __position {
                    #(#positions => __sdb::Some(Self::#variants),)*
                    _ => __sdb::None,
                }
            }
        }
    };
    hidden(&input.runtime, &[tracked, implementation, value])
}

/// How the enum goes to and from the database. It may also be held in a document.
pub(crate) fn value(input: &EnumInput) -> TokenStream {
    let ident = &input.ident;
    let word = input.words.as_ref().map(|words| held::word(ident, words));
    quote! {
        #word
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::Value for #ident {
            fn null() -> __sdb::Parameter {
                __sdb::enum_null::<Self>()
            }

            fn to_parameter(&self) -> __sdb::Result<__sdb::Parameter, __sdb::EncodeError> {
                __sdb::enum_to_parameter(*self)
            }

            fn from_row(__row: &__sdb::Row<'_>, __index: usize) -> __sdb::Result<Self, __sdb::DecodeError> {
                __sdb::enum_from_row(__row, __index)
            }
        }
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::Canonical for #ident {}
    }
}
