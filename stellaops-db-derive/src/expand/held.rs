//! What a type can stand for inside a document, and whether the types of a document's fields can hold
//! its members: checked by the compiler, in our words.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use stellaops_db_spec::model::{Item, Member, MemberType, Shape};
use stellaops_db_spec::rule;
use syn::spanned::Spanned;
use syn::{Ident, Type};

use crate::expand::descriptor::option;
use crate::fault::{self, quoted};
use crate::input::MemberInput;

/// A text that is one of these words.
pub(crate) fn word(ident: &Ident, words: &[String]) -> TokenStream {
    quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::HoldsMember<__sdb::member::Text> for #ident {
            const WORDS: __sdb::Option<&'static [&'static str]> = __sdb::Some(&[#(#words),*]);
        }
    }
}

/// Whatever the other type can stand for.
pub(crate) fn newtype(ident: &Ident, inner: &Type) -> TokenStream {
    quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl<__M> __sdb::HoldsMember<__M> for #ident where #inner: __sdb::HoldsMember<__M> {
            const WORDS: __sdb::Option<&'static [&'static str]> = <#inner as __sdb::HoldsMember<__M>>::WORDS;
            const RANGE: __sdb::Option<(i64, i64)> = <#inner as __sdb::HoldsMember<__M>>::RANGE;
            const PART: __sdb::Option<&'static __sdb::ShapeDescriptor> = <#inner as __sdb::HoldsMember<__M>>::PART;
        }
    }
}

/// An object; a declared part with its descriptor.
pub(crate) fn object(ident: &Ident, part: Option<&TokenStream>) -> TokenStream {
    let part = option(part);
    quote! {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl __sdb::HoldsMember<__sdb::member::Object> for #ident {
            const PART: __sdb::Option<&'static __sdb::ShapeDescriptor> = #part;
        }
    }
}

/// The checks of a document's fields, and the descriptors of the members that hold parts.
pub(crate) struct Held {
    /// One check a member, or two.
    pub(crate) checks: TokenStream,
    /// The items of the descriptor's `parts`.
    pub(crate) parts: Vec<TokenStream>,
}

/// Holds the fields of a document against the members of its shape.
pub(crate) fn members(fields: &[MemberInput], shape: &Shape) -> Held {
    let mut checks = TokenStream::new();
    let mut parts = Vec::new();
    for field in fields {
        let named = |member: &&Member| field.member.as_ref() == Some(&member.name);
        let Some(member) = shape.members().iter().find(named) else {
            continue;
        };
        match &member.shape {
            Some(part) => {
                let constant = format_ident!("__PART_{}", parts.len());
                checks.extend(part_check(field, member, part, &constant));
                let (name, is_map) = (&member.name, matches!(member.member_type, MemberType::Map(_)));
                parts.push(quote!(__sdb::PartMember { name: #name, is_map: #is_map, part: #constant }));
            }
            None => checks.extend(value_check(field, member)),
        }
    }
    Held { checks, parts }
}

fn value_check(field: &MemberInput, member: &Member) -> TokenStream {
    let (value, tag) = (&field.value_type, tag(member.member_type));
    let bounds: Vec<i64> = [member.min, member.max].into_iter().flatten().collect();
    if !member.values.is_empty() {
        return words_check(field, member);
    }
    if bounds.is_empty() {
        return quote_spanned! {value.span()=> const _: () = __sdb::holds_member::<#value, #tag>(); };
    }
    let message = format!(
        "the member `{}` is {}",
        member.name,
        member.limits_in_words().join(", ")
    );
    let help = format!("use an integer type with all of these values ({})", member.place);
    let text = fault::text(rule::MEMBER_TYPE, &message, &help);
    assertion(
        value,
        &quote!(__sdb::holds_bounds::<#value, #tag>(&[#(#bounds),*])),
        &text,
    )
}

fn words_check(field: &MemberInput, member: &Member) -> TokenStream {
    let (value, tag, words) = (&field.value_type, tag(member.member_type), &member.values);
    let shown: Vec<&str> = words.iter().map(String::as_str).collect();
    let message = format!("the words of the member `{}` are {}", member.name, quoted(&shown));
    let (function, order) = match member.member_type {
        MemberType::Set => (quote!(holds_sorted_words), ", in the order of their bytes"),
        _ => (quote!(holds_words), ""),
    };
    let help = format!(
        "let the variants be written as exactly these{order} ({})",
        member.place
    );
    let text = fault::text(rule::MEMBER_WORDS, &message, &help);
    assertion(
        value,
        &quote!(__sdb::#function::<#value, #tag>(&[#(#words),*])),
        &text,
    )
}

fn part_check(field: &MemberInput, member: &Member, part: &Shape, constant: &Ident) -> TokenStream {
    let (value, tag, name) = (&field.value_type, tag(member.member_type), part.qualified());
    let message = format!("the member `{}` holds a `{name}`", member.name);
    let help = format!("use the type with `#[jsonb(\"{name}\")]` ({})", member.place);
    let text = fault::text(rule::MEMBER_PART, &message, &help);
    let found = quote_spanned! {value.span()=>
        const #constant: __sdb::Option<&'static __sdb::ShapeDescriptor> = __sdb::part_of::<#value, #tag>();
    };
    let is_it = assertion(value, &quote!(__sdb::is_part(#constant, #name)), &text);
    quote!(#found #is_it)
}

/// A failed assertion is shown at the field's type.
fn assertion(value: &Type, condition: &TokenStream, text: &str) -> TokenStream {
    quote_spanned! {value.span()=> const _: () = ::core::assert!(#condition, #text); }
}

fn tag(member_type: MemberType) -> TokenStream {
    match member_type {
        MemberType::Text => item(Item::Text),
        MemberType::Integer => item(Item::Integer),
        MemberType::Boolean => item(Item::Boolean),
        MemberType::Object => item(Item::Object),
        MemberType::Set => quote!(__sdb::member::Set),
        MemberType::List(inside) => {
            let inside = item(inside);
            quote!(__sdb::member::List<#inside>)
        }
        MemberType::Map(inside) => {
            let inside = item(inside);
            quote!(__sdb::member::Map<#inside>)
        }
    }
}

fn item(item: Item) -> TokenStream {
    let name = match item {
        Item::Text => format_ident!("Text"),
        Item::Integer => format_ident!("Integer"),
        Item::Boolean => format_ident!("Boolean"),
        Item::Object => format_ident!("Object"),
    };
    quote!(__sdb::member::#name)
}
