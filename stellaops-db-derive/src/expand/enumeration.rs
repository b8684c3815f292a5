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
    let tracked = specs.tracked([declared.place.file.as_ref()]);
    let name = declared.qualified();
    let names = declared.stored().map(|value| &value.name);
    let codes = declared
        .stored()
        .map(|value| proc_macro2::Literal::i16_unsuffixed(value.code));
    let codes = codes.filter(|_| declared.storage == Storage::SmallInt);
    let variants = &joined.variants;
    let value = value(input);
    let implementation = quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::DbEnum for #ident {
            const DESCRIPTOR: &'static __sdb::EnumDescriptor<Self> = &__sdb::EnumDescriptor {
                name: #name,
                variants: &[#(Self::#variants),*],
                names: &[#(#names),*],
                codes: &[#(#codes),*],
            };
        }
    };
    hidden(&input.runtime, &[implementation, value, tracked])
}

/// How the enum goes to and from the database. It may also be held in a document.
pub(crate) fn value(input: &EnumInput) -> TokenStream {
    let ident = &input.ident;
    let word = input.words.as_ref().map(|words| held::word(ident, words));
    quote! {
        #word
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::Stored for #ident {
            type Form = __sdb::EnumForm;
        }
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::Canonical for #ident {}
    }
}
